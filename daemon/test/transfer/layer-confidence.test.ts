import { describe, expect, it } from 'vitest';
import type { Option } from '../../src/transfer/agree-on-layers.js';
import { companyOf, layerConfidence } from '../../src/transfer/layer-confidence.js';

const option = (odds: number, belief = 0.5): Option => ({ candidate: 0, own: odds, odds, belief, support: 0.5 });
const SIGNS = { placed: 0.5, company: 0.5 };

describe('the confidence in a candidate', () => {
  const alone = (odds: number, signs = SIGNS) => layerConfidence(option(odds), [option(odds)], signs);

  it('grows with its odds, and no more beyond what says anything', () => {
    const said = [-6, -2, 0, 2, 6, 12].map((odds) => alone(odds));
    expect(said).toEqual(said.toSorted((a, b) => a - b));
    expect(new Set(said).size).toBe(said.length);
    expect(alone(40)).toBe(alone(12));
  });

  it('falls where another candidate is as likely', () => {
    const [one, other] = [option(4), option(4)];
    expect(layerConfidence(one, [one, other], SIGNS)).toBeLessThan(alone(4) - 0.1);
    expect(layerConfidence(one, [one, option(-8)], SIGNS)).toBeCloseTo(alone(4), 3);
  });

  it('grows with how sure the pixels are of a place, and with how sure the layers around are', () => {
    expect(alone(2, { ...SIGNS, placed: 0.9 })).toBeGreaterThan(alone(2, { ...SIGNS, placed: 0.1 }));
    expect(alone(2, { ...SIGNS, company: 0.9 })).toBeGreaterThan(alone(2, { ...SIGNS, company: 0.1 }));
  });
});

describe('how sure layers are together', () => {
  it('is the mean belief in the likeliest candidate of each', () => {
    expect(companyOf([[option(0, 0.2), option(0, 0.8)], [option(0, 0.4)], []])).toBeCloseTo(0.4);
    expect(companyOf([])).toBe(0);
  });
});
