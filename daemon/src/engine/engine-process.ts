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

/** How much smaller than usual a job looks at its images: 1 after it was too large for the device's memory. */
export type DownscaleSteps = 0 | 1;

/** What the daemon tells the engine's process; `start` comes first, and once. */
export type ToChild =
  | { type: 'start'; choice: ProviderChoice }
  | { type: 'run'; job: EngineJob; downscaleSteps: DownscaleSteps };

/** What the engine's process tells the daemon. It runs one job at a time, so jobs need no ids here. */
export type FromChild =
  | { type: 'ready'; device: Device }
  /** It cannot run any network. */
  | { type: 'unusable'; error: ErrorPayload }
  /** Networks run otherwise than was said before. */
  | { type: 'device'; device: Device }
  | { type: 'progress'; progress: JobProgress }
  | { type: 'done'; result: JobResult; payload?: Uint8Array }
  | { type: 'failed'; error: ErrorPayload };

/** One life of the inference process. */
export class EngineProcess {
  readonly #process: ChildProcess;
  readonly #onEnd: () => void;
  #device: Promise<Device>;

  /**
   * Starts the process.
   * @param entry the module that it runs
   * @param onEnd called when it takes no more jobs; maybe more than once
   */
  constructor(entry: string, choice: ProviderChoice, onEnd: () => void) {
    this.#onEnd = onEnd;
    const child = fork(entry, { serialization: 'advanced', stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    this.#process = child;
    child.once('exit', onEnd);
    // a process that could not be started has no exit; a message that could not be sent is followed by one
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
    // whoever asks gets the rejection; nobody asking is no error
    this.#device.catch(() => {});
    this.#send({ type: 'start', choice });
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** What it runs on, once it is ready; changes while jobs run. */
  get device(): Promise<Device> {
    return this.#device;
  }

  /** @throws SamepointError what the job failed with, `CANCELLED` after an abort, `ENGINE_CRASHED` */
  run(job: EngineJob, downscaleSteps: DownscaleSteps, options: RunOptions): Promise<EngineOutcome> {
    const { signal, onProgress, onDevice } = options;
    return new Promise((resolve, reject) => {
      const settle = (act: () => void) => {
        this.#process.off('message', onMessage);
        this.#process.off('exit', onExit);
        signal?.removeEventListener('abort', onAbort);
        act();
      };
      const onMessage = (message: FromChild) => {
        // a process that was told to end may still speak; the job is over when it is gone
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
      this.#send({ type: 'run', job, downscaleSteps });
    });
  }

  /** Ends the process and waits until it is gone. */
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
  return new SamepointError('CANCELLED', 'The job was cancelled.', 'Start it again when you want it.');
}

export function crashed(): SamepointError {
  return new SamepointError(
    'ENGINE_CRASHED',
    'The process that computes features ended unexpectedly.',
    'Try again; a new one is started. If it happens again, the lines the daemon printed say why.',
  );
}

function toOutcome({ result, payload }: Extract<FromChild, { type: 'done' }>): EngineOutcome {
  return payload === undefined ? { result } : { result, payload };
}
