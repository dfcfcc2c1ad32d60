import type { Engine, EngineJob, EngineOutcome } from '../engine/engine.js';
import { type JobWork, jobLines } from './format/progress.js';
import { StatusLine } from './format/status-line.js';
import { logDevice } from './host-info.js';

/**
 * Runs a job in the engine, with progress on a terminal.
 * @throws SamepointError as `Engine.run`
 */
export async function runJob(engine: Engine, job: EngineJob, work: JobWork): Promise<EngineOutcome> {
  const line = new StatusLine();
  const lineOf = jobLines(work);
  try {
    line.show('Choosing the device');
    await engine.ready();
    line.show('Loading the network');
    return await engine.run(job, {
      onDevice: logDevice,
      onProgress: (progress) => {
        const { text, isTimed } = lineOf(progress);
        line.show(text, isTimed);
      },
    });
  } finally {
    line.clear();
  }
}
