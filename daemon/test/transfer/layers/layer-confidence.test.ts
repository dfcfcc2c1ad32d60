import { describe, expect, it } from 'vitest';
import type { Option } from '../../../src/transfer/layers/agree-on-layers.js';
import { layerConfidence, optionConfidences } from '../../../src/transfer/layers/layer-confidence.js';

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

  it('falls where the candidate resembles another layer more, and is in between where that is not known', () => {
    expect(of(option(2), 0.5, -3)).toBeLessThan(of(option(2), 0.5, 3));
    expect(of(option(2), 0.5, 30)).toBe(of(option(2), 0.5, 8));
    expect(of(option(2), 0.5, Number.NaN)).toBe(layerConfidence(option(2), COMPANY, 4));
  });
});

describe('the confidence in each option of a layer', () => {
  const options = [
    { ...option(6), candidate: 0, belief: 0.2 },
    { ...option(5), candidate: 1, belief: 0.8 },
  ];
  const agreed = { options, company: 0.8 };

  it('is that of the likeliest, and of another as much less as it is less believed', () => {
    const [other = 0, best = 0] = optionConfidences(agreed, undefined);
    expect(best).toBe(layerConfidence(option(5), agreed, Number.NaN));
    // by itself it would be more
    expect(layerConfidence(option(6), agreed, Number.NaN)).toBeGreaterThan(best);
    expect(other).toBeCloseTo((best * 0.2) / 0.8, 9);
  });

  it('takes the lead of its own candidate', () => {
    const [, ahead = 0] = optionConfidences(agreed, Float32Array.of(0, 4));
    const [, behind = 0] = optionConfidences(agreed, Float32Array.of(0, -4));
    expect(ahead).toBeGreaterThan(behind);
    expect(optionConfidences({ options: [], company: 0.5 }, undefined)).toEqual([]);
  });
});
