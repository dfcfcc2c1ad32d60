// Entry of the engine process, which owns every ONNX Runtime session and ends with the daemon.
import { type JobProgress, SamepointError } from '@samepoint/shared-protocol';
import { featureStore } from '../diffusion/cache/feature-store.js';
import { explained, nativeFailure } from '../native-parts.js';
import { DeviceReport } from './device-report.js';
import type { FromChild, ToChild } from './engine-process.js';
import type { JobRunner } from './jobs/run-job.js';
import type { ProviderChoice } from './providers/choose-provider.js';
import { failureReason } from './providers/provider-labels.js';

let runner: JobRunner | undefined;

// Ctrl+C in a terminal reaches both processes; the daemon ends this one
process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit());
// standard error may be a closed pipe, or a log on a full disk
process.stderr.on('error', () => {});
process.on('message', (message: ToChild) => void (message.type === 'start' ? start(message.choice) : run(message)));

async function start({ device, ...target }: ProviderChoice): Promise<void> {
  const report = new DeviceReport(device, (changed) => send({ type: 'device', device: changed }));
  try {
    // imported here, since ONNX Runtime may fail to load
    const { JobRunner } = await import('./jobs/run-job.js');
    runner = new JobRunner(
      {
        ...target,
        notify: (sentence) => report.notify(sentence),
        onPlacement: (placement) => report.onPlacement(placement),
      },
      featureStore(),
    );
    send({ type: 'ready', device });
  } catch (thrown) {
    send({ type: 'unusable', error: cannotLoad(thrown).toPayload() });
  }
}

async function run({ job, downscaleSteps, isLastAttempt }: Extract<ToChild, { type: 'run' }>): Promise<void> {
  try {
    if (runner === undefined) throw new Error('received a job before start');
    const report = (progress: JobProgress) => send({ type: 'progress', progress });
    const outcome = await runner.run(job, report, { downscaleSteps, isLastAttempt });
    send({ type: 'done', ...outcome });
  } catch (thrown) {
    send({ type: 'failed', error: SamepointError.from(thrown).toPayload() });
  }
}

function send(message: FromChild): void {
  process.send?.(message);
}

function cannotLoad(thrown: unknown): SamepointError {
  if (nativeFailure(thrown) !== undefined) return explained(thrown);
  return new SamepointError(
    'INTERNAL',
    `ONNX Runtime failed to load: ${failureReason('cpu', thrown)}.`,
    'Samepoint supports Linux, Windows and Macs with Apple silicon. On one of these, reinstall it.',
  );
}
