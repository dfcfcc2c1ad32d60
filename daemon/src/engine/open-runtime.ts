import type { Device } from '@samepoint/shared-protocol';
import type { Runtime } from '../graph/runtime/runtime.js';
import { DeviceReport } from './device-report.js';
import { chooseProvider, type RequestedProvider } from './providers/choose-provider.js';

/**
 * The runtime of a command that runs networks in its own process, not in the engine's.
 * @param requested the only provider and device to try
 * @param onDevice takes the device, unless it is the CPU that was asked for, and then whenever it turns out to be another
 * @throws SamepointError `BAD_REQUEST` when what was asked for does not work
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
