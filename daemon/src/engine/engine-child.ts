// Entry of the inference process. It owns every ONNX Runtime session and dies with the daemon.
import { availableParallelism, cpus } from 'node:os';
import { type Device, SamepointError } from '@samepoint/shared-protocol';
import { CPU_RUNTIME } from '../graph/runtime.js';
import type { FromChild, ToChild } from './ipc.js';
import { JobRunner } from './run-job.js';

const runner = new JobRunner(CPU_RUNTIME);

// Ctrl+C in a terminal reaches both processes; the daemon decides when this one ends
process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit());
process.on('message', (message: ToChild) => void run(message));
send({ type: 'ready', device: describeDevice() });

async function run({ request, images }: ToChild): Promise<void> {
  try {
    const outcome = await runner.run({ request, images }, (progress) => send({ type: 'progress', progress }));
    send({ type: 'done', ...outcome });
  } catch (thrown) {
    send({ type: 'failed', error: SamepointError.from(thrown).toPayload() });
  }
}

function send(message: FromChild): void {
  process.send?.(message);
}

function describeDevice(): Device {
  const model = cpus()[0]?.model.trim() || 'CPU';
  return {
    provider: 'cpu',
    description: `${model}, ${availableParallelism()} threads`,
    reason: 'The embedded model is small enough to run on the CPU.',
  };
}
