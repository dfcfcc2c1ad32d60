import { LIMITS } from '@samepoint/shared-protocol';
import type { Clock } from '../../jobs/clock.js';

const WINDOW_MS = 1_000;

/** Counts the control frames of one connection in windows of a second. */
export class RateLimiter {
  #windowStart = Number.NEGATIVE_INFINITY;
  #count = 0;

  constructor(readonly clock: Clock) {}

  /** 0 when the frame may pass, otherwise how long to wait, in ms. */
  take(): number {
    const now = this.clock.now();
    if (now - this.#windowStart >= WINDOW_MS) {
      this.#windowStart = now;
      this.#count = 0;
    }
    this.#count += 1;
    return this.#count <= LIMITS.controlFramesPerSecond ? 0 : Math.ceil(this.#windowStart + WINDOW_MS - now);
  }
}
