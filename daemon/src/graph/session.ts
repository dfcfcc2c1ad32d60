import { availableParallelism } from 'node:os';
import type { Provider } from './runtime.js';

// must be set before ONNX Runtime is loaded
process.env.ORT_DISABLE_TELEMETRY = '1';
const ortModule = await import('onnxruntime-node');

/** ONNX Runtime, loaded with telemetry off. Every other file takes it from here. */
export const ort = ortModule;

/** What a session needs: ModelProto bytes, and where its external weights lie if it has any. */
export interface Graph {
  model: Uint8Array;
  weightsFolder?: string;
}

export interface SessionOptions {
  /** Default: the CPU. What it cannot run, ONNX Runtime gives to the CPU without a word. */
  provider?: Provider;
  /** Writes a profile to a file whose name begins so, when `endProfiling` is called. */
  profilePrefix?: string;
}

/**
 * Creates a session. Its threads sleep between runs: many sessions take turns here, and threads that spin
 * for the next run take the cores from the one that is running.
 */
export function createSession(
  { model, weightsFolder }: Graph,
  { provider = 'cpu', profilePrefix }: SessionOptions = {},
) {
  return ort.InferenceSession.create(model, {
    executionProviders: [provider],
    intraOpNumThreads: availableParallelism(),
    // DirectML refuses memory patterns
    enableMemPattern: provider !== 'dml',
    ...(profilePrefix === undefined ? {} : { enableProfiling: true, profileFilePrefix: profilePrefix }),
    extra: {
      session: {
        intra_op: { allow_spinning: '0' },
        ...(weightsFolder === undefined ? {} : { model_external_initializers_file_folder_path: weightsFolder }),
      },
    },
  });
}
