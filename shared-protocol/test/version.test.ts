import { describe, expect, it } from 'vitest';
import { negotiateVersion, PROTOCOL } from '../src/index.js';

describe('the version', () => {
  it.each([
    [{ min: 1, max: 1 }, { min: 1, max: 1 }, 1],
    [{ min: 1, max: 5 }, { min: 2, max: 3 }, 3],
    [{ min: 2, max: 3 }, { min: 1, max: 5 }, 3],
    [{ min: 1, max: 3 }, { min: 3, max: 6 }, 3],
  ])('of client %o and daemon %o is the highest common one: %i', (client, daemon, version) => {
    expect(negotiateVersion(client, daemon)).toEqual({ ok: true, version });
  });

  it.each([
    [{ min: 1, max: 2 }, { min: 3, max: 4 }, 'client'],
    [{ min: 5, max: 6 }, { min: 3, max: 4 }, 'daemon'],
  ])('does not exist for client %o and daemon %o, and the %s is outdated', (client, daemon, update) => {
    expect(negotiateVersion(client, daemon)).toEqual({ ok: false, update });
  });

  it('is never in a reversed range', () => {
    expect(negotiateVersion({ min: 3, max: 1 }, { min: 1, max: 3 }).ok).toBe(false);
  });

  it('of this build is a valid range', () => {
    expect(PROTOCOL.min).toBeLessThanOrEqual(PROTOCOL.max);
  });
});
