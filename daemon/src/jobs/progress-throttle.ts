import { type JobProgress, LIMITS } from '@samepoint/shared-protocol';
import type { Clock } from './clock.js';

/**
 * Limits progress to one message per `LIMITS.progressIntervalMs`; the newest wins.
 * Complete progress (`done` = `total`) is held back until the result is ready, so that 100 % means done.
 */
export class ProgressThrottle {
  #lastSentAt = Number.NEGATIVE_INFINITY;
  #next: JobProgress | undefined;
  #complete: JobProgress | undefined;
  #clearTimer: (() => void) | undefined;

  constructor(
    readonly clock: Clock,
    readonly emit: (progress: JobProgress) => void,
  ) {}

  offer(progress: JobProgress): void {
    if (progress.done >= progress.total) {
      this.#complete = progress;
      return;
    }
    this.#complete = undefined;
    this.#next = progress;
    if (this.#clearTimer !== undefined) return;
    const waitMs = this.#waitMs();
    if (waitMs <= 0) this.#send(progress);
    else this.#clearTimer = this.clock.after(waitMs, () => this.#flush());
  }

  /** Sends the held-back 100 %, unless progress was sent within the interval. */
  finish(): void {
    this.stop();
    if (this.#complete !== undefined && this.#waitMs() <= 0) this.#send(this.#complete);
  }

  stop(): void {
    this.#clearTimer?.();
    this.#clearTimer = undefined;
    this.#next = undefined;
  }

  #flush(): void {
    this.#clearTimer = undefined;
    if (this.#next !== undefined) this.#send(this.#next);
  }

  #send(progress: JobProgress): void {
    this.#next = undefined;
    this.#lastSentAt = this.clock.now();
    this.emit(progress);
  }

  #waitMs(): number {
    return this.#lastSentAt + LIMITS.progressIntervalMs - this.clock.now();
  }
}
