import type { JobProgress } from '@samepoint/shared-protocol';

export type ReportProgress = (progress: JobProgress) => void;

/** Counts the steps of a stage and reports the progress after each. */
export class ProgressReporter {
  readonly #report: ReportProgress;
  readonly #startedMs = performance.now();
  #stage: JobProgress['stage'] = 'loading';
  #done = 0;
  #total = 1;

  constructor(report: ReportProgress) {
    this.#report = report;
  }

  begin(stage: JobProgress['stage'], total: number): void {
    this.#stage = stage;
    this.#done = 0;
    this.#total = total;
    this.#send();
  }

  step(steps = 1): void {
    this.#done += steps;
    this.#send();
  }

  /** Skips the steps of an image that failed. */
  reach(done: number): void {
    if (done > this.#done) this.step(done - this.#done);
  }

  #send(): void {
    const elapsedMs = performance.now() - this.#startedMs;
    this.#report({ stage: this.#stage, done: this.#done, total: this.#total, elapsedMs });
  }
}
