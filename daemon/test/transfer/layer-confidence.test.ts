import { describe, expect, it } from 'vitest';
import type { Option } from '../../src/transfer/agree-on-layers.js';
import { layerConfidence } from '../../src/transfer/layer-confidence.js';

const option = (odds: number, own = odds): Option => ({ candidate: 0, own, odds, belief: 0.5, support: 0.5 });
const COMPANY = { company: 0.5 };

describe('the confidence in a candidate', () => {
  const of = (one: Option, company = 0.5, lead = 0) => layerConfidence(one, { company }, lead);

  it('grows with its odds, and no more beyond what says anything', () => {
    const said = [-6, -2, 0, 2, 6, 12].map((odds) => of(option(odds)));
    expect(said).toEqual(said.toSorted((a, b) => a - b));
    expect(new Set(said).size).toBe(said.length);
    expect(of(option(40))).toBe(of(option(12)));
  });

  it('grows with those it has without its companions', () => {
    expect(of(option(2, 4))).toBeGreaterThan(of(option(2, -4)));
  });

  it('grows with how sure the companions are of what they became', () => {
    expect(of(option(2), 0.9)).toBeGreaterThan(of(option(2), 0.1));
  });

  it('falls where the candidate resembles another layer more, and says nothing of that where it is not known', () => {
    expect(of(option(2), 0.5, -3)).toBeLessThan(of(option(2), 0.5, 3));
    expect(of(option(2), 0.5, Number.POSITIVE_INFINITY)).toBe(of(option(2), 0.5, 8));
    expect(of(option(2), 0.5, Number.NaN)).toBe(layerConfidence(option(2), COMPANY, 0));
  });
});
