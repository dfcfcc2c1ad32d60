import { SamepointError } from '@samepoint/shared-protocol';
import { interrupted, TransientFailure } from './failures.js';

/** Waits between attempts; after the last one the failure is final. */
export const RETRY_DELAYS_MS = [1000, 2000, 4000, 8000, 16_000] as const;
/** A server that asks for a longer pause than this is taken as down. */
const MAX_RETRY_AFTER_MS = 120_000;

/** What the one who waits has to do with attempts. */
export interface AttemptOptions {
  signal?: AbortSignal | undefined;
  /** Called with what failed, before the first wait of several. */
  onRetry?: ((reason: string) => void) | undefined;
}

export interface RetryOptions extends AttemptOptions {
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Bytes that have arrived; attempts that brought some do not count as failed. */
  progress?: () => number;
}

/** Repeats `action` while it fails with a `TransientFailure`, waiting longer each time. */
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
    'Try again later; it goes on where it stopped.',
  );
}
