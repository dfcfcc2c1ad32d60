import { SamepointError } from '@samepoint/shared-protocol';
import { interrupted, TransientFailure } from './failures.js';

/** Delays between attempts; after the last one, the failure is final. */
export const RETRY_DELAYS_MS = [1000, 2000, 4000, 8000, 16_000] as const;
/** A server that requests a longer delay counts as unavailable. */
const MAX_RETRY_AFTER_MS = 120_000;

/** Options for repeated attempts. */
export interface AttemptOptions {
  signal?: AbortSignal | undefined;
  /** Called with the reason before the first of several delays. */
  onRetry?: ((reason: string) => void) | undefined;
}

export interface RetryOptions extends AttemptOptions {
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Received bytes; an attempt that received some resets the count of failures. */
  progress?: () => number;
}

/** Repeats `action` while it fails with a `TransientFailure`, with increasing delays. */
export async function withRetries<T>(action: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { sleep, signal, onRetry, progress = () => 0 } = options;
  let failures = 0;
  for (;;) {
    const before = progress();
    try {
      return await action();
    } catch (thrown) {
      if (!(thrown instanceof TransientFailure)) throw thrown;
      if (progress() > before) failures = 0;
      const wait = Math.max(RETRY_DELAYS_MS[failures] ?? Number.POSITIVE_INFINITY, thrown.retryAfterMs ?? 0);
      if (wait > MAX_RETRY_AFTER_MS) throw retriesExhausted(thrown);
      if (failures++ === 0) onRetry?.(thrown.message);
      await sleep(wait, signal).catch(() => {
        throw interrupted();
      });
    }
  }
}

function retriesExhausted(failure: TransientFailure): SamepointError {
  return new SamepointError(
    'MODEL_MISSING',
    `The download failed: ${failure.message}.`,
    'Try again later; interrupted downloads resume.',
  );
}
