import type { InferenceSession } from 'onnxruntime-node';

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

/** `COREML_FLAG_CREATE_MLPROGRAM` of ONNX Runtime's `coreml_provider_factory.h`. */
const CREATE_ML_PROGRAM = 0x010;

/** Providers that take the number of a device; Core ML and WebGPU choose it themselves. */
const SUPPORTS_DEVICE: ReadonlySet<Provider> = new Set<Provider>(['cuda', 'dml']);

/** Whether `--device` means anything to the provider. */
export function supportsDevice(provider: Provider): boolean {
  return SUPPORTS_DEVICE.has(provider);
}

/**
 * The options that ONNX Runtime takes for a provider.
 *
 * - Core ML: the ML program format, since the older one has no half precision and gives such nodes to the CPU.
 * - WebGPU: buffers are reused for requests of their exact size. Graphs here have fixed shapes, and the default rounds sizes
 *   up to those of a table: 5.13 GB against 3.73 GB in microsoft/onnxruntime#29016.
 * - CUDA and DirectML: which device.
 */
export function executionProvider(
  provider: Provider,
  deviceId?: number,
): InferenceSession.ExecutionProviderConfig & { name: Provider } {
  switch (provider) {
    case 'coreml':
      return { name: provider, coreMlFlags: CREATE_ML_PROGRAM };
    case 'webgpu':
      return { name: provider, storageBufferCacheMode: 'simple' };
    default:
      return { name: provider, ...(supportsDevice(provider) && deviceId !== undefined ? { deviceId } : {}) };
  }
}
