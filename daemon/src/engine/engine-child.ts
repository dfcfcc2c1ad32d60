// Entry of the inference process. It owns every ONNX Runtime session and dies with the daemon.
import { SamepointError } from '@samepoint/shared-protocol';
import { featureStore } from '../diffusion/cache/feature-store.js';
import { DeviceReport } from './device-report.js';
import type { FromChild, ToChild } from './engine-process.js';
import type { JobRunner } from './jobs/run-job.js';
import type { ProviderChoice } from './providers/choose-provider.js';
import { failureReason } from './providers/provider-labels.js';

let runner: JobRunner | undefined;

// Ctrl+C in a terminal reaches both processes; the daemon decides when this one ends
process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit());
process.on('message', (message: ToChild) => void (message.type === 'start' ? start(message.choice) : run(message)));

async function start({ device, ...target }: ProviderChoice): Promise<void> {
  const report = new DeviceReport(device, (changed) => send({ type: 'device', device: changed }));
  try {
    // here, since ONNX Runtime itself may not load
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

async function run({ job, downscaleSteps }: Extract<ToChild, { type: 'run' }>): Promise<void> {
  try {
    if (runner === undefined) throw new Error('a job came before the start');
    const outcome = await runner.run(job, (progress) => send({ type: 'progress', progress }), { downscaleSteps });
    send({ type: 'done', ...outcome });
  } catch (thrown) {
    send({ type: 'failed', error: SamepointError.from(thrown).toPayload() });
  }
}

function send(message: FromChild): void {
  process.send?.(message);
}

function cannotLoad(thrown: unknown): SamepointError {
  return new SamepointError(
    'INTERNAL',
    `No network can run here: ${failureReason('cpu', thrown)}.`,
    'Samepoint runs on Linux, on Windows, and on Macs with Apple silicon; there, install it again.',
  );
}
