import type { Device } from '@samepoint/shared-protocol';
import type { Provider, Runtime } from '../graph/runtime.js';
import { chooseProvider } from './choose-provider.js';
import { DeviceReport } from './device-report.js';

/**
 * The runtime of a command that runs networks in its own process, not in the engine's.
 * @param forced the only provider to try
 * @param say takes the device, unless it is the CPU that was asked for, and then whenever it turns out to be another
 * @throws SamepointError `BAD_REQUEST` when a forced provider does not work
 */
export async function openRuntime(forced: Provider | undefined, say: (device: Device) => void): Promise<Runtime> {
  const { device, provider, precision } = await chooseProvider({ forced });
  if (forced !== 'cpu') say(device);
  const report = new DeviceReport(device, say);
  return {
    provider,
    precision,
    notify: (sentence) => report.notify(sentence),
    onPlacement: (placement) => report.onPlacement(placement),
  };
}
