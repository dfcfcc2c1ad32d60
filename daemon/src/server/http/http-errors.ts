import type { ErrorCode, ErrorPayload } from '@samepoint/shared-protocol';

const STATUS: Partial<Record<ErrorCode, number>> = {
  HOST_REFUSED: 403,
  ORIGIN_REFUSED: 403,
  NOT_PAIRED: 401,
  PAIRING_CODE_WRONG: 403,
  PAIRING_CODE_EXPIRED: 403,
  PAIRING_LOCKED: 429,
  TOO_MANY_CONNECTIONS: 503,
  INTERNAL: 500,
};

/** The HTTP status that goes with an error; 400 where no other fits better. */
export function statusOf(code: ErrorCode): number {
  return STATUS[code] ?? 400;
}

/** The body of every refused HTTP request. */
export function errorBody(error: ErrorPayload): { error: ErrorPayload } {
  return { error };
}
