import { fileURLToPath } from 'node:url';
import { type Device, failedImages, SamepointError } from '@samepoint/shared-protocol';
import { withNotice } from './device-report.js';
import type { Engine, EngineJob, EngineOutcome, RunOptions } from './engine.js';
import type { DownscaleSteps } from './engine-process.js';
import { cancelled, crashed, EngineProcess } from './engine-process.js';
import { isOutOfMemory as isOutOfMemoryOf } from './jobs/failed-images.js';
import { chooseProvider, type ProviderChoice, type RequestedProvider } from './providers/choose-provider.js';
import { listGpuDevices } from './providers/list-gpu-devices.js';
import { CachedProber, type Prober } from './providers/probe-cache.js';

const CHILD_ENTRY = fileURLToPath(new URL('./engine-child.js', import.meta.url));

/** What to do when the device runs out of memory: retry at a smaller size, or fail. */
export const OUT_OF_MEMORY_POLICIES = ['smaller', 'fail'] as const;
export type OutOfMemoryPolicy = (typeof OUT_OF_MEMORY_POLICIES)[number];

const SMALLER_NOTICE = 'The device ran out of memory; a job was repeated on smaller images, which is less accurate.';

/** By default, the fastest working provider is chosen. */
export interface EngineHostOptions extends RequestedProvider {
  /** Default: `smaller`. */
  onOutOfMemory?: OutOfMemoryPolicy | undefined;
  /** The module that runs in the engine process. */
  entry?: string;
}

/**
 * The engine as a forked process. Cancelling a job, a crash and freeing the device all end the process; the next job
 * starts a new one.
 */
export function createEngineHost(options: EngineHostOptions = {}): Engine & { readonly pid: number | undefined } {
  return new EngineHost(options);
}

class EngineHost implements Engine {
  readonly #options: EngineHostOptions;
  #choosing: { choice: Promise<ProviderChoice>; abort(): void } | undefined;
  #child: EngineProcess | undefined;

  constructor(options: EngineHostOptions) {
    this.#options = options;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  async ready(): Promise<Device> {
    return (await this.#started()).device;
  }

  async run(job: EngineJob, options: RunOptions = {}): Promise<EngineOutcome> {
    try {
      return await this.#attempt(job, 0, options);
    } catch (thrown) {
      if (!isOutOfMemory(thrown)) throw thrown;
      // only the end of the process frees the device's memory
      await this.#child?.end();
      if (this.#options.onOutOfMemory === 'fail') throw thrown;
    }
    if (options.signal?.aborted) throw cancelled();
    const child = await this.#started(SMALLER_NOTICE);
    options.onDevice?.(await child.device);
    try {
      return await this.#attempt(job, 1, options);
    } catch (thrown) {
      if (isOutOfMemory(thrown)) await this.#child?.end();
      throw thrown;
    }
  }

  async close(): Promise<void> {
    // pending calls compare their choice with this field and fail
    this.#choosing?.abort();
    this.#choosing = undefined;
    await this.#child?.end();
  }

  async #attempt(job: EngineJob, downscaleSteps: DownscaleSteps, options: RunOptions): Promise<EngineOutcome> {
    const { signal } = options;
    if (signal?.aborted) throw cancelled();
    const child = await this.#started();
    await child.device;
    if (signal?.aborted) throw cancelled();
    if (child !== this.#child) throw crashed();
    const isLastAttempt = downscaleSteps === 1 || this.#options.onOutOfMemory === 'fail';
    const outcome = await child.run(job, { downscaleSteps, isLastAttempt }, options);
    // as after a job that failed, for the next one
    if (failedImages(outcome.result).some(isOutOfMemoryOf)) await child.end();
    return outcome;
  }

  /** The running process. A new process adds `notice` to the reason of its device. */
  async #started(notice?: string): Promise<EngineProcess> {
    if (this.#child !== undefined) return this.#child;
    this.#choosing ??= this.#choose();
    const { choice } = this.#choosing;
    const { device, ...target } = await choice;
    if (this.#choosing?.choice !== choice) throw crashed();
    this.#child ??= this.#start({ ...target, device: notice === undefined ? device : withNotice(device, notice) });
    return this.#child;
  }

  #choose() {
    let prober: Prober | undefined;
    let isAborted = false;
    const choose = async () => {
      const devices = this.#options.provider === 'cpu' ? [] : await listGpuDevices();
      if (isAborted) throw crashed();
      prober = new CachedProber({ devices });
      return chooseProvider({ requested: this.#options, devices, prober });
    };
    const choice = choose();
    // a failed choice is not cached; the next job tries again
    choice.catch(() => {
      if (this.#choosing?.choice === choice) this.#choosing = undefined;
    });
    const abort = () => {
      isAborted = true;
      prober?.close();
    };
    return { choice, abort };
  }

  #start(choice: ProviderChoice): EngineProcess {
    const child: EngineProcess = new EngineProcess(this.#options.entry ?? CHILD_ENTRY, choice, () => {
      if (this.#child === child) this.#child = undefined;
    });
    return child;
  }
}

function isOutOfMemory(thrown: unknown): boolean {
  return thrown instanceof SamepointError && thrown.code === 'GPU_OUT_OF_MEMORY';
}
