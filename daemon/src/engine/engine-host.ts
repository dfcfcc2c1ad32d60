import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Device, SamepointError } from '@samepoint/shared-protocol';
import type { Engine, EngineJob, EngineOutcome, RunOptions } from './engine.js';
import type { FromChild, ToChild } from './ipc.js';

const CHILD_ENTRY = fileURLToPath(new URL('./engine-child.js', import.meta.url));

/**
 * The engine as a forked process. Cancelling, a crash and freeing the device are one act: the process ends, and the
 * next job starts another.
 */
export function createEngineHost(): Engine & { readonly pid: number | undefined } {
  return new EngineHost();
}

interface RunningChild {
  process: ChildProcess;
  device: Promise<Device>;
}

class EngineHost implements Engine {
  #child: RunningChild | null = null;

  get pid(): number | undefined {
    return this.#child?.process.pid;
  }

  ready(): Promise<Device> {
    this.#child ??= this.#start();
    return this.#child.device;
  }

  async run(job: EngineJob, options: RunOptions = {}): Promise<EngineOutcome> {
    const { signal, onProgress } = options;
    if (signal?.aborted) throw cancelled();
    await this.ready();
    const child = this.#child?.process;
    if (child === undefined || signal?.aborted) throw signal?.aborted ? cancelled() : crashed();
    return new Promise((resolve, reject) => {
      const settle = (act: () => void) => {
        child.off('message', onMessage);
        child.off('exit', onExit);
        signal?.removeEventListener('abort', onAbort);
        act();
      };
      const onMessage = (message: FromChild) => {
        // a process that was told to end may still speak; the job is over when it is gone
        if (signal?.aborted) return;
        if (message.type === 'progress') onProgress?.(message.progress);
        if (message.type === 'failed') settle(() => reject(SamepointError.fromPayload(message.error)));
        if (message.type === 'done') settle(() => resolve(toOutcome(message)));
      };
      const onExit = () => settle(() => reject(signal?.aborted ? cancelled() : crashed()));
      const onAbort = () => {
        if (this.#child?.process === child) this.#child = null;
        child.kill('SIGKILL');
      };
      child.on('message', onMessage);
      child.on('exit', onExit);
      signal?.addEventListener('abort', onAbort);
      child.send({ type: 'run', request: job.request, images: job.images } satisfies ToChild);
    });
  }

  async close(): Promise<void> {
    const child = this.#child?.process;
    this.#child = null;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    await new Promise((resolve) => {
      child.once('exit', resolve);
      child.kill('SIGKILL');
    });
  }

  #start(): RunningChild {
    const child = fork(CHILD_ENTRY, { serialization: 'advanced', stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    const forget = () => {
      if (this.#child?.process === child) this.#child = null;
    };
    child.once('exit', forget);
    // a process that could not be started has no exit; a message that could not be sent is followed by one
    child.on('error', () => child.pid === undefined && forget());
    const device = new Promise<Device>((resolve, reject) => {
      child.on('message', (message: FromChild) => {
        if (message.type === 'ready') resolve(message.device);
      });
      child.once('exit', () => reject(crashed()));
      child.once('error', () => reject(crashed()));
    });
    // whoever asks gets the rejection; nobody asking is no error
    device.catch(() => {});
    return { process: child, device };
  }
}

function toOutcome({ result, payload }: Extract<FromChild, { type: 'done' }>): EngineOutcome {
  return payload === undefined ? { result } : { result, payload };
}

function cancelled(): SamepointError {
  return new SamepointError('CANCELLED', 'The job was cancelled.', 'Start it again when you want it.');
}

function crashed(): SamepointError {
  return new SamepointError(
    'ENGINE_CRASHED',
    'The process that computes features ended unexpectedly.',
    'Try again; a new one is started. If it happens again, the lines the daemon printed say why.',
  );
}
