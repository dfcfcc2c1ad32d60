import { randomInt } from 'node:crypto';
import { LIMITS, SamepointError } from '@samepoint/shared-protocol';
import type { Clock } from '../../jobs/clock.js';
import { isSameSecret } from '../guards.js';

const CODE_DIGITS = 6;

export type RedeemOutcome = { ok: true } | { ok: false; error: SamepointError };

/** A pairing code that is valid now. */
export interface LiveCode {
  code: string;
  expiresInMs: number;
}

/**
 * Issues six-digit pairing codes. A code is valid for `LIMITS.pairingCodeMs` and works once. After `LIMITS.pairingTries`
 * wrong attempts it is void, and pairing is locked for `LIMITS.pairingCodeMs` or until a restart. A new code is made
 * only on request, so most of the time there is none to guess.
 */
export class PairingCodes {
  #code: string | undefined;
  #expiresAt = 0;
  #wrongTries = 0;
  #lockedUntil = Number.NEGATIVE_INFINITY;

  constructor(
    readonly clock: Clock,
    readonly random: (max: number) => number = randomInt,
  ) {}

  /** Replaces the code by a new one; undefined while pairing is locked. */
  renew(): LiveCode | undefined {
    if (this.lockedForMs > 0) return undefined;
    this.#code = String(this.random(10 ** CODE_DIGITS)).padStart(CODE_DIGITS, '0');
    this.#expiresAt = this.clock.now() + LIMITS.pairingCodeMs;
    this.#wrongTries = 0;
    return this.live;
  }

  get live(): LiveCode | undefined {
    const expiresInMs = this.#expiresAt - this.clock.now();
    return this.#code === undefined || expiresInMs <= 0 ? undefined : { code: this.#code, expiresInMs };
  }

  get lockedForMs(): number {
    return Math.max(0, this.#lockedUntil - this.clock.now());
  }

  /** Consumes the code if it is correct. */
  redeem(code: string): RedeemOutcome {
    if (this.lockedForMs > 0) return { ok: false, error: locked(this.lockedForMs) };
    const { live } = this;
    if (live === undefined) return { ok: false, error: expired() };
    if (isSameSecret(code, live.code)) {
      this.#code = undefined;
      return { ok: true };
    }
    this.#wrongTries += 1;
    if (this.#wrongTries < LIMITS.pairingTries) return { ok: false, error: wrong() };
    this.#code = undefined;
    this.#lockedUntil = this.clock.now() + LIMITS.pairingCodeMs;
    return { ok: false, error: locked(LIMITS.pairingCodeMs) };
  }
}

function wrong(): SamepointError {
  return new SamepointError(
    'PAIRING_CODE_WRONG',
    'The pairing code is wrong.',
    'Check the daemon’s terminal or its page in the browser, and enter the six digits again.',
  );
}

function expired(): SamepointError {
  return new SamepointError(
    'PAIRING_CODE_EXPIRED',
    'The pairing code has expired or was already used.',
    'Open the daemon’s page in a browser and press “New code”, or restart the daemon.',
  );
}

function locked(retryAfterMs: number): SamepointError {
  return new SamepointError(
    'PAIRING_LOCKED',
    'Pairing is locked after too many wrong codes.',
    'Wait five minutes and request a new code on the daemon’s page, or restart the daemon.',
    { retryAfterMs: Math.ceil(retryAfterMs) },
  );
}
