import { type Device, SamepointError } from '@samepoint/shared-protocol';
import type { Engine } from '../engine/engine.js';

export interface WatchedEngine {
  engine: Engine;
  /** The device of the engine's present process. */
  device(): Device;
}

/** Before each job, looks whether the engine (which may have been restarted) runs on another device than before. */
export function watchDevice(engine: Engine, first: Device, onChange: (device: Device) => void): WatchedEngine {
  let device = first;
  const look = async (): Promise<Device> => {
    const present = await engine.ready();
    if (JSON.stringify(present) !== JSON.stringify(device)) {
      device = present;
      onChange(present);
    }
    return present;
  };
  return {
    device: () => device,
    engine: {
      ready: look,
      run: async (job, options) => {
        await look();
        if (options?.signal?.aborted)
          throw new SamepointError('CANCELLED', 'The job was cancelled.', 'Start it again.');
        return engine.run(job, options);
      },
      close: () => engine.close(),
    },
  };
}
