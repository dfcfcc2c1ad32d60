import { type ChildProcess, fork } from 'node:child_process';
import {
  type Device,
  type ErrorPayload,
  type JobProgress,
  type JobResult,
  SamepointError,
} from '@samepoint/shared-protocol';
import type { EngineJob, EngineOutcome, RunOptions } from './engine.js';
import type { ProviderChoice } from './providers/choose-provider.js';

/** How often the image size is halved: 1 after the device ran out of memory. */
export type DownscaleSteps = 0 | 1;

/** How an attempt at a job runs. */
export interface Attempt {
  downscaleSteps: DownscaleSteps;
  /** See `RunJobOptions`. */
  isLastAttempt: boolean;
}

/** Messages to the engine process. `start` is the first and is sent once. */
export type ToChild = { type: 'start'; choice: ProviderChoice } | ({ type: 'run'; job: EngineJob } & Attempt);

/** Messages from the engine process. It runs one job at a time, so they need no job ids. */
export type FromChild =
  | { type: 'ready'; device: Device }
  /** No network can run. */
  | { type: 'unusable'; error: ErrorPayload }
  /** The networks run on another device than reported before. */
  | { type: 'device'; device: Device }
  | { type: 'progress'; progress: JobProgress }
  | { type: 'done'; result: JobResult; payload?: Uint8Array }
  | { type: 'failed'; error: ErrorPayload };

/** One engine process, from fork to exit. */
export class EngineProcess {
  readonly #process: ChildProcess;
  readonly #onEnd: () => void;
  #device: Promise<Device>;

  /**
   * Starts the process.
   * @param entry the module to run
   * @param onEnd called when the process accepts no more jobs, possibly more than once
   */
  constructor(entry: string, choice: ProviderChoice, onEnd: () => void) {
    this.#onEnd = onEnd;
    const child = fork(entry, { serialization: 'advanced', stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    this.#process = child;
    child.once('exit', onEnd);
    // a process that failed to start emits no exit; after a failed send, an exit follows
    child.on('error', () => child.pid === undefined && onEnd());
    this.#device = new Promise<Device>((resolve, reject) => {
      child.on('message', (message: FromChild) => {
        if (message.type === 'ready') resolve(message.device);
        if (message.type === 'device') this.#device = Promise.resolve(message.device);
        if (message.type !== 'unusable') return;
        reject(SamepointError.fromPayload(message.error));
        this.kill();
      });
      child.once('exit', () => reject(crashed()));
      child.once('error', () => reject(crashed()));
    });
    // a rejection that no caller awaits is not an error
    this.#device.catch(() => {});
    this.#send({ type: 'start', choice });
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** The device, once the process is ready; may change while jobs run. */
  get device(): Promise<Device> {
    return this.#device;
  }

  /** @throws SamepointError of the job, `CANCELLED` after an abort, `ENGINE_CRASHED` */
  run(job: EngineJob, attempt: Attempt, options: RunOptions): Promise<EngineOutcome> {
    const { signal, onProgress, onDevice } = options;
    return new Promise((resolve, reject) => {
      const settle = (act: () => void) => {
        this.#process.off('message', onMessage);
        this.#process.off('exit', onExit);
        signal?.removeEventListener('abort', onAbort);
        act();
      };
      const onMessage = (message: FromChild) => {
        // after an abort, messages may still arrive; the job ends with the process
        if (signal?.aborted) return;
        if (message.type === 'progress') onProgress?.(message.progress);
        if (message.type === 'device') onDevice?.(message.device);
        if (message.type === 'failed') settle(() => reject(SamepointError.fromPayload(message.error)));
        if (message.type === 'done') settle(() => resolve(toOutcome(message)));
      };
      const onExit = () => settle(() => reject(signal?.aborted ? cancelled() : crashed()));
      const onAbort = () => this.kill();
      this.#process.on('message', onMessage);
      this.#process.on('exit', onExit);
      signal?.addEventListener('abort', onAbort);
      this.#send({ type: 'run', job, ...attempt });
    });
  }

  /** Ends the process and waits for its exit. */
  async end(): Promise<void> {
    const { exitCode, signalCode, pid } = this.#process;
    if (exitCode !== null || signalCode !== null || pid === undefined) return;
    await new Promise((resolve) => {
      this.#process.once('exit', resolve);
      this.kill();
    });
  }

  kill(): void {
    this.#onEnd();
    this.#process.kill('SIGKILL');
  }

  #send(message: ToChild): void {
    this.#process.send(message);
  }
}

export function cancelled(): SamepointError {
  return new SamepointError('CANCELLED', 'The job was cancelled.', 'Start it again.');
}

export function crashed(): SamepointError {
  return new SamepointError(
    'ENGINE_CRASHED',
    'The engine process ended unexpectedly.',
    'Try again; a new process starts automatically. If it keeps failing, check the daemon’s log for the cause.',
  );
}

function toOutcome({ result, payload }: Extract<FromChild, { type: 'done' }>): EngineOutcome {
  return payload === undefined ? { result } : { result, payload };
}
