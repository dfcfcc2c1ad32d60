import * as z from 'zod';
import { LIMITS } from './limits.js';

/** All error codes. Clients switch over them exhaustively. */
export const ERROR_CODES = [
  'BAD_REQUEST',
  'UNKNOWN_MESSAGE',
  'PROTOCOL_MISMATCH',
  'HOST_REFUSED',
  'ORIGIN_REFUSED',
  'NOT_PAIRED',
  'PAIRING_CODE_WRONG',
  'PAIRING_CODE_EXPIRED',
  'PAIRING_LOCKED',
  'HELLO_TIMEOUT',
  'TOO_MANY_CONNECTIONS',
  'RATE_LIMITED',
  'FRAME_TOO_LARGE',
  'QUEUE_FULL',
  'IMAGE_MISSING',
  'IMAGE_UNREADABLE',
  'IMAGE_TOO_LARGE',
  'ITEM_OUTSIDE_IMAGE',
  'JOB_UNKNOWN',
  'JOB_KIND_UNSUPPORTED',
  'BACKEND_UNKNOWN',
  'MODEL_MISSING',
  'MODEL_INVALID',
  'GPU_OUT_OF_MEMORY',
  'ENGINE_CRASHED',
  'CANCELLED',
  'INTERNAL',
] as const;

export const errorCodeSchema = z.enum(ERROR_CODES);
export type ErrorCode = z.infer<typeof errorCodeSchema>;

/** An error in a message: `message` is what happened, `hint` what to do next. */
export const errorPayloadSchema = z.strictObject({
  code: errorCodeSchema,
  message: z.string().max(LIMITS.textChars),
  hint: z.string().max(LIMITS.textChars),
  retryable: z.boolean(),
  retryAfterMs: z.number().int().nonnegative().optional(),
  details: z.record(z.string().max(LIMITS.idChars), z.string().max(LIMITS.textChars)).optional(),
});
export type ErrorPayload = z.infer<typeof errorPayloadSchema>;

const RETRYABLE: ReadonlySet<ErrorCode> = new Set([
  'HELLO_TIMEOUT',
  'TOO_MANY_CONNECTIONS',
  'RATE_LIMITED',
  'QUEUE_FULL',
  'IMAGE_MISSING',
  'GPU_OUT_OF_MEMORY',
  'ENGINE_CRASHED',
]);

/** The error class of the project: `message` is what happened, `hint` what to do next. */
export class SamepointError extends Error {
  override readonly name = 'SamepointError';

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly hint: string,
    readonly extra: Pick<ErrorPayload, 'retryAfterMs' | 'details'> = {},
  ) {
    super(message);
  }

  /** The payload for a message, with texts truncated to the limits of the schema. */
  toPayload(): ErrorPayload {
    return {
      code: this.code,
      message: this.message.slice(0, LIMITS.textChars),
      hint: this.hint.slice(0, LIMITS.textChars),
      retryable: RETRYABLE.has(this.code),
      ...this.extra,
    };
  }

  static fromPayload(payload: ErrorPayload): SamepointError {
    const { code, message, hint, retryAfterMs, details } = payload;
    return new SamepointError(code, message, hint, {
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      ...(details === undefined ? {} : { details }),
    });
  }

  /** Converts any thrown value; an unexpected error becomes `INTERNAL`. */
  static from(thrown: unknown): SamepointError {
    if (thrown instanceof SamepointError) return thrown;
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return new SamepointError(
      'INTERNAL',
      `Unexpected error: ${message.replace(/[.\s]+$/, '')}.`,
      'Try again. If it fails again, restart the daemon and report its output.',
    );
  }
}
