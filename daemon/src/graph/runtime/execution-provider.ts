import type { InferenceSession } from 'onnxruntime-node';
import type { Provider } from './runtime.js';

/** `COREML_FLAG_CREATE_MLPROGRAM` of ONNX Runtime's `coreml_provider_factory.h`. */
const CREATE_ML_PROGRAM = 0x010;

/** Providers that take the number of a device; Core ML and WebGPU choose it themselves. */
const TAKES_DEVICE: ReadonlySet<Provider> = new Set<Provider>(['cuda', 'dml']);

/** Whether `--device` means anything to the provider. */
export function takesDevice(provider: Provider): boolean {
  return TAKES_DEVICE.has(provider);
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
      return { name: provider, ...(takesDevice(provider) && deviceId !== undefined ? { deviceId } : {}) };
  }
}
