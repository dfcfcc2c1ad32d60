import { SamepointError } from '@samepoint/shared-protocol';

/** What ONNX Runtime's providers and the drivers below them say when memory does not suffice. */
const SIGNS: readonly RegExp[] = [
  /out of memory/i, // CUDA, Dawn
  /out_?of_?(device_|host_|pool_)?memory/i, // Vulkan: VK_ERROR_OUT_OF_DEVICE_MEMORY, Direct3D: E_OUTOFMEMORY
  /8007000E|not enough memory/i, // DirectML
  /failed to allocate memory/i, // ONNX Runtime's arenas, CoreML
  /STATUS_ALLOC_FAILED/, // cuBLAS, cuDNN
  /exceeds the max(imum)? (storage )?buffer/i, // WebGPU's limits, which a smaller size meets
  /bad[_ ]alloc/i, // the C++ library
];

/** The error for `thrown` if it means that a device has too little memory, else `thrown` itself. */
export function recogniseOutOfMemory(thrown: unknown): unknown {
  if (thrown instanceof SamepointError || !(thrown instanceof Error)) return thrown;
  if (!SIGNS.some((sign) => sign.test(thrown.message))) return thrown;
  return new SamepointError(
    'GPU_OUT_OF_MEMORY',
    'The device has too little free memory for this network at this size.',
    'Close other programs that use it, choose a smaller size, or run on the CPU with --provider cpu.',
  );
}
