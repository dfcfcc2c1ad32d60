import { describe, expect, it } from 'vitest';
import { negotiateVersion, PROTOCOL } from '../src/index.js';

describe('the version', () => {
  it.each([
    [{ min: 1, max: 1 }, { min: 1, max: 1 }, 1],
    [{ min: 1, max: 5 }, { min: 2, max: 3 }, 3],
    [{ min: 2, max: 3 }, { min: 1, max: 5 }, 3],
    [{ min: 1, max: 3 }, { min: 3, max: 6 }, 3],
  ])('of client %o and daemon %o is the highest that both speak: %i', (client, daemon, version) => {
    expect(negotiateVersion(client, daemon)).toEqual({ ok: true, version });
  });

  it.each([
    [{ min: 1, max: 2 }, { min: 3, max: 4 }, 'client'],
    [{ min: 5, max: 6 }, { min: 3, max: 4 }, 'daemon'],
  ])('of client %o and daemon %o is none, and the %s has to be updated', (client, daemon, update) => {
    expect(negotiateVersion(client, daemon)).toEqual({ ok: false, update });
  });

  it('is never one that a range turned upside down would allow', () => {
    expect(negotiateVersion({ min: 3, max: 1 }, { min: 1, max: 3 }).ok).toBe(false);
  });

  it('this build speaks is a range', () => {
    expect(PROTOCOL.min).toBeLessThanOrEqual(PROTOCOL.max);
  });
});
