import { type Device, SamepointError } from '@samepoint/shared-protocol';
import type { Engine } from '../engine/engine.js';

export interface WatchedEngine {
  engine: Engine;
  /** The device of the engine's present process. */
  device(): Device;
}

/**
 * Before each job, looks whether the engine (which may have been restarted) runs on another device than before, and
 * hears during the job when it turns out to be another.
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
