/** ONNX Runtime's execution providers that Samepoint uses, the fastest first. */
export const PROVIDERS = ['cuda', 'dml', 'webgpu', 'coreml', 'cpu'] as const;
export type Provider = (typeof PROVIDERS)[number];

/** What a graph computes in. Attention scores, norms and the time embedding are float32 in either. */
export type Precision = 'float32' | 'float16';

/** What a graph is written for: not every provider runs every operator exactly. */
export interface GraphTarget {
  provider: Provider;
  precision: Precision;
}

/** How many nodes of a graph ran on which provider. */
export type Placement = ReadonlyMap<Provider, number>;

/** Where the networks of one process run. */
export interface Runtime extends GraphTarget {
  /** Which device of the provider, by the provider's own count from 0; without one, the provider's default. */
  deviceId?: number | undefined;
  /** Memory of that device in bytes, where it is known. */
  memoryBytes?: number | undefined;
  /** Takes a sentence for the user when something runs otherwise than it should. */
  notify(message: string): void;
  /** Takes, after the first run of a network on another provider than the CPU, where its nodes really ran. */
  onPlacement?(placement: Placement): void;
}

export const CPU_RUNTIME: Runtime = { provider: 'cpu', precision: 'float32', notify: () => {} };
