import { type Device, SamepointError } from '@samepoint/shared-protocol';
import type { Engine } from '../engine/engine.js';

export interface WatchedEngine {
  engine: Engine;
  /** The device of the engine's current process. */
  device(): Device;
}

/**
 * Reports changes of the engine's device: before each job, since the engine may have restarted, and during a job, when
 * networks fall back to another provider.
 */
export function watchDevice(engine: Engine, first: Device, onChange: (device: Device) => void): WatchedEngine {
  let device = first;
  const take = (present: Device): Device => {
    if (JSON.stringify(present) !== JSON.stringify(device)) {
      device = present;
      onChange(present);
    }
    return present;
  };
  const look = async (): Promise<Device> => take(await engine.ready());
  return {
    device: () => device,
    engine: {
      ready: look,
      run: async (job, options) => {
        await look();
        if (options?.signal?.aborted)
          throw new SamepointError('CANCELLED', 'The job was cancelled.', 'Start it again.');
        return engine.run(job, { ...options, onDevice: take });
      },
      close: () => engine.close(),
    },
  };
}
