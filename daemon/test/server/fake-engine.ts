import type { Device } from '@samepoint/shared-protocol';
import { SamepointError } from '@samepoint/shared-protocol';
import type { Engine, EngineJob, EngineOutcome, RunOptions } from '../../src/engine/engine.js';

/** A run of the fake engine, which the test finishes. */
export interface FakeRun {
  job: EngineJob;
  options: RunOptions;
  finish(outcome: EngineOutcome): void;
  fail(error: Error): void;
}

/** An engine whose runs the test finishes. An abort ends a run, as in the real engine. */
export class FakeEngine implements Engine {
  device: Device = { provider: 'cpu', description: 'Fake CPU', reason: 'the tests need no more' };
  readonly runs: FakeRun[] = [];
  closed = false;
  #waiters: { count: number; resolve: () => void }[] = [];

  async ready(): Promise<Device> {
    return this.device;
  }

  run(job: EngineJob, options: RunOptions = {}): Promise<EngineOutcome> {
    return new Promise((resolve, reject) => {
      options.signal?.addEventListener('abort', () =>
        reject(new SamepointError('CANCELLED', 'The job was cancelled.', 'Start it again.')),
      );
      this.runs.push({ job, options, finish: resolve, fail: reject });
      for (const waiter of this.#waiters) if (this.runs.length >= waiter.count) waiter.resolve();
    });
  }

  async close(): Promise<void> {
    this.closed = true;
  }

  /** Resolves with the `count`th run, once it has started. */
  async runNumber(count: number): Promise<FakeRun> {
    if (this.runs.length < count) {
      await new Promise<void>((resolve) => {
        this.#waiters.push({ count, resolve });
      });
    }
    const run = this.runs[count - 1];
    if (run === undefined) throw new Error(`there is no run ${count}`);
    return run;
  }
}
