import { describe, expect, it } from 'vitest';
import { ERROR_CODES, errorPayloadSchema, LIMITS, SamepointError } from '../src/index.js';

describe('an error', () => {
  it.each(ERROR_CODES)('%s survives a round trip', (code) => {
    const error = new SamepointError(code, 'What happened.', 'What to do.', { retryAfterMs: 5, details: { a: 'b' } });
    const payload = errorPayloadSchema.parse(error.toPayload());
    expect(SamepointError.fromPayload(payload).toPayload()).toEqual(payload);
  });

  it('truncates long texts to the limits of the schema', () => {
    const long = 'x'.repeat(LIMITS.textChars + 1);
    expect(errorPayloadSchema.safeParse(new SamepointError('INTERNAL', long, long).toPayload()).success).toBe(true);
  });

  it('is retryable by its code', () => {
    expect(new SamepointError('QUEUE_FULL', '', '').toPayload().retryable).toBe(true);
    expect(new SamepointError('BAD_REQUEST', '', '').toPayload().retryable).toBe(false);
  });

  it('from any thrown value is INTERNAL, unless it is a SamepointError', () => {
    const own = new SamepointError('CANCELLED', '', '');
    expect(SamepointError.from(own)).toBe(own);
    expect(SamepointError.from(new Error('oops'))).toMatchObject({ code: 'INTERNAL' });
    expect(SamepointError.from('oops').message).toContain('oops');
  });
});
