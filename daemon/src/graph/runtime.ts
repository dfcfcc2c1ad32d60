/** ONNX Runtime's execution providers that Samepoint uses, the fastest first. */
export const PROVIDERS = ['cuda', 'dml', 'webgpu', 'coreml', 'cpu'] as const;
export type Provider = (typeof PROVIDERS)[number];

/** What a graph computes in. Attention scores and norms are float32 in either. */
export type Precision = 'float32' | 'float16';

/** Where the networks of one process run. */
export interface Runtime {
  provider: Provider;
  precision: Precision;
  /** Takes a sentence for the user when something runs otherwise than it should. */
  notify(message: string): void;
}

export const CPU_RUNTIME: Runtime = { provider: 'cpu', precision: 'float32', notify: () => {} };
