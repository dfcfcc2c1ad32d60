import { describe, expect, it } from 'vitest';
import { ERROR_CODES, errorPayloadSchema, LIMITS, SamepointError } from '../src/index.js';

describe('an error', () => {
  it.each(ERROR_CODES)('%s comes over the wire as it was', (code) => {
    const error = new SamepointError(code, 'What happened.', 'What to do.', { retryAfterMs: 5, details: { a: 'b' } });
    const payload = errorPayloadSchema.parse(error.toPayload());
    expect(SamepointError.fromPayload(payload).toPayload()).toEqual(payload);
  });

  it('with long words is cut to what the schema allows', () => {
    const long = 'x'.repeat(LIMITS.textChars + 1);
    expect(errorPayloadSchema.safeParse(new SamepointError('INTERNAL', long, long).toPayload()).success).toBe(true);
  });

  it('says whether trying again makes sense', () => {
    expect(new SamepointError('QUEUE_FULL', '', '').toPayload().retryable).toBe(true);
    expect(new SamepointError('BAD_REQUEST', '', '').toPayload().retryable).toBe(false);
  });

  it('made of anything thrown is INTERNAL, unless it is one already', () => {
    const own = new SamepointError('CANCELLED', '', '');
    expect(SamepointError.from(own)).toBe(own);
    expect(SamepointError.from(new Error('oops'))).toMatchObject({ code: 'INTERNAL' });
    expect(SamepointError.from('oops').message).toContain('oops');
  });
});
