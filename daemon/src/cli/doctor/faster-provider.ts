import type { GpuDevice } from '../../engine/providers/gpu-devices.js';
import { listGpuDevices, vulkanDrivers } from '../../engine/providers/list-gpu-devices.js';
import { type CudaFacts, cudaFix } from './check-cuda.js';
import { driverFix } from './check-providers.js';
import { inspectCuda } from './inspect-cuda.js';

export interface FasterFacts {
  /** What the networks run on. */
  chosen: string;
  cuda: CudaFacts;
  devices: readonly GpuDevice[];
  /** Whether Vulkan, which WebGPU uses on Linux, has any driver. */
  hasVulkanDriver: boolean;
}

/** One line on a faster provider that is a command away, if there is one; never of CUDA without a card of NVIDIA. */
export function fasterProvider({ chosen, cuda, devices, hasVulkanDriver }: FasterFacts): string | undefined {
  if (chosen === 'cuda') return undefined;
  const forCuda = cudaFix(cuda);
  if (forCuda?.command !== undefined) return advice('CUDA', forCuda.command);
  const { platform, arch } = cuda;
  const lacksVulkan = chosen === 'cpu' && platform === 'linux' && devices.length > 0 && !hasVulkanDriver;
  const command = lacksVulkan ? driverFix(platform, arch).command : undefined;
  return command === undefined ? undefined : advice('WebGPU', command);
}

function advice(provider: string, command: string): string {
  return `${provider} would use the graphics card: ${command} (samepoint doctor says more)`;
}

/** {@link fasterProvider} on this computer. */
export async function fasterProviderHere(chosen: string): Promise<string | undefined> {
  const devices = await listGpuDevices();
  return fasterProvider({ chosen, devices, cuda: inspectCuda(devices), hasVulkanDriver: vulkanDrivers().length > 0 });
}
