import type { GpuDevice } from '../../engine/providers/gpu-devices.js';
import type { Finding } from './finding.js';

const GIGABYTE = 1e9;

/** The graphics devices as the system lists them. */
export function checkDevices(devices: readonly GpuDevice[], platform: string): Finding[] {
  if (devices.length === 0) return [{ check: 'device', state: 'none', says: 'no graphics card was found' }];
  return devices.map((device) => {
    const number = numberOf(device, devices, platform);
    return { check: number === undefined ? 'device' : `device ${number}`, state: 'ok', says: describeDevice(device) };
  });
}

/** The number by which `--device` means it. Windows does not list adapters in the order in which DirectML counts them. */
function numberOf(device: GpuDevice, devices: readonly GpuDevice[], platform: string): number | undefined {
  if (platform === 'win32') return devices.length === 1 ? 0 : undefined;
  const number = devices.filter(({ vendor }) => vendor === 'nvidia').indexOf(device);
  return number < 0 ? undefined : number;
}

/** Name, driver and memory. */
export function describeDevice({ name, driver, memoryBytes, freeBytes, sharesMemory }: GpuDevice): string {
  const size = (bytes: number) => `${(bytes / GIGABYTE).toFixed(1)} GB`;
  const memory = memoryBytes === undefined ? 'how much memory it has is not known' : size(memoryBytes);
  return [
    name,
    ...(driver === undefined ? [] : [`driver ${driver}`]),
    sharesMemory ? 'shares the memory of the system' : memory,
    ...(freeBytes === undefined ? [] : [`${size(freeBytes)} free`]),
  ].join(', ');
}
