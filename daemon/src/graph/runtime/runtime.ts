import type { InferenceSession } from 'onnxruntime-node';

/** ONNX Runtime's execution providers that Samepoint supports, fastest first. */
export const PROVIDERS = ['cuda', 'dml', 'webgpu', 'coreml', 'cpu'] as const;
export type Provider = (typeof PROVIDERS)[number];

/** Precision of a graph. Attention scores, norms and the time embedding are always float32. */
export type Precision = 'float32' | 'float16';

/** What a graph is compiled for: some providers do not run every operator exactly. */
export interface GraphTarget {
  provider: Provider;
  precision: Precision;
}

/** Number of nodes that ran on each provider. */
export type Placement = ReadonlyMap<Provider, number>;

/** Where the networks of one process run. */
export interface Runtime extends GraphTarget {
  /** Device index of the provider, from 0; undefined for its default. */
  deviceId?: number | undefined;
  /** Memory of that device in bytes, if known. */
  memoryBytes?: number | undefined;
  /** Called with a message for the user about a fallback. */
  notify(message: string): void;
  /** Called after the first run of a network on a GPU provider, with where its nodes ran. */
  onPlacement?(placement: Placement): void;
}

export const CPU_RUNTIME: Runtime = { provider: 'cpu', precision: 'float32', notify: () => {} };

/** `COREML_FLAG_CREATE_MLPROGRAM` of ONNX Runtime's `coreml_provider_factory.h`. */
const CREATE_ML_PROGRAM = 0x010;

/** Providers with a device index; Core ML and WebGPU choose the device themselves. */
const SUPPORTS_DEVICE: ReadonlySet<Provider> = new Set<Provider>(['cuda', 'dml']);

/** Whether `--device` applies to the provider. */
export function supportsDevice(provider: Provider): boolean {
  return SUPPORTS_DEVICE.has(provider);
}

/**
 * Options of an execution provider for ONNX Runtime.
 *
 * - Core ML: ML Program format; the older one runs half-precision nodes on the CPU.
 * - WebGPU: reuses buffers of exactly the same size, since graphs have fixed shapes. The default rounds sizes up: 5.13 GB
 *   instead of 3.73 GB in microsoft/onnxruntime#29016.
 * - CUDA and DirectML: the device index.
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
