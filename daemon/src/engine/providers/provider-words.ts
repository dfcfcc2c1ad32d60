import type { Provider } from '../../graph/runtime/runtime.js';

/** What people call the providers. */
export const PROVIDER_NAMES: Record<Provider, string> = {
  cuda: 'CUDA',
  dml: 'DirectML',
  webgpu: 'WebGPU',
  coreml: 'Core ML',
  cpu: 'CPU',
};

/** What ONNX Runtime says when a provider cannot be had, and what it means. */
const REASONS: readonly { sign: RegExp; why: string }[] = [
  { sign: /backend not found/, why: `ONNX Runtime has none for ${process.platform} ${process.arch}` },
  { sign: /failed to load (shared )?library/i, why: 'its libraries are not installed' },
  { sign: /no supported adapters|failed to get a webgpu adapter/i, why: 'there is no graphics driver for it' },
  {
    sign: /onnxruntime_binding|ERR_DLOPEN_FAILED/,
    why: `ONNX Runtime cannot be loaded on ${process.platform} ${process.arch}`,
  },
];

/** Why a provider does not work, as the end of a sentence that begins with its name and a colon. */
export function whyItFailed(provider: Provider, thrown: unknown): string {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const known = REASONS.find(({ sign }) => sign.test(message));
  const [line = ''] = message.split('\n');
  return known?.why ?? (line.trim().replace(/\.$/, '') || `${PROVIDER_NAMES[provider]} does not say`);
}
