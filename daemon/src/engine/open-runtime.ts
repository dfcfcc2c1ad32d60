import type { Device } from '@samepoint/shared-protocol';
import type { Runtime } from '../graph/runtime/runtime.js';
import { DeviceReport } from './device-report.js';
import { chooseProvider, type RequestedProvider } from './providers/choose-provider.js';

/**
 * The runtime for a command that runs networks in its own process instead of the engine's.
 * @param requested the only provider and device to try
 * @param onDevice receives the device, unless the CPU was requested, and every later change
 * @throws SamepointError `BAD_REQUEST` if the requested provider does not work
 */
export async function openRuntime(requested: RequestedProvider, onDevice: (device: Device) => void): Promise<Runtime> {
  const { device, ...target } = await chooseProvider({ requested });
  if (requested.provider !== 'cpu') onDevice(device);
  const report = new DeviceReport(device, onDevice);
  return {
    ...target,
    notify: (sentence) => report.notify(sentence),
    onPlacement: (placement) => report.onPlacement(placement),
  };
}
