// Entry of a child process that loads a native package, and sends its version or the error.
import type { NativePart } from '../../native-parts.js';

const VERSIONS: Readonly<Record<NativePart, () => Promise<string | undefined>>> = {
  'onnxruntime-node': async () => (await import('../../graph/runtime/session.js')).ort.env.versions.node,
  sharp: async () => (await import('sharp')).default.versions.sharp,
};

try {
  const part = process.argv[2] === 'sharp' ? 'sharp' : 'onnxruntime-node';
  process.send?.({ version: (await VERSIONS[part]()) ?? 'of unknown version' });
} catch (thrown) {
  process.send?.({ error: thrown instanceof Error ? thrown.message : String(thrown) });
}
