import { describe, expect, it } from 'vitest';
import { calibrationOf, confidenceOf, isFitted, regressionInputs } from '../../src/correspond/confidence.js';

const FEATURES = { similarity: 0.8, cycleCells: 0.5, probability: 0.9, support: 0.3, margin: 0.2 };
const [UI, OTHER] = [calibrationOf('ui default'), calibrationOf('sd21 default')];

describe('the inputs of the regression', () => {
  it('stay finite', () => {
    const inputs = regressionInputs({ ...FEATURES, cycleCells: Number.POSITIVE_INFINITY, probability: 0, support: 0 });
    expect(inputs).toMatchObject({ cycle: 0, logSupport: Math.log(0.02) });
    expect(inputs.logOdds).toBeCloseTo(Math.log(0.01 / 1.01), 9);
    expect(regressionInputs({ ...FEATURES, probability: 1 }).logOdds).toBeCloseTo(Math.log(1.01 / 0.01), 9);
  });

  it.each([
    [-0.2, -0.2, 0],
    [0.05, 0.05, 0],
    [0.25, 0.1, 0.15],
  ])('split a margin of %d at 0.1', (margin, below, beyond) => {
    const inputs = regressionInputs({ ...FEATURES, margin });
    expect(inputs.margin).toBeCloseTo(below, 9);
    expect(inputs.marginBeyond).toBeCloseTo(beyond, 9);
  });
});

describe('the confidence', () => {
  it.each([
    ['a match of all candidates', FEATURES, 0.873, 0.377],
    [
      'a doubtful match',
      { similarity: 0.6, cycleCells: 3, probability: 0.4, support: 0.05, margin: 0.02 },
      0.043,
      0.009,
    ],
    ['without a backward check', { ...FEATURES, cycleCells: Number.POSITIVE_INFINITY }, 0.742, 0.075],
  ])('of %s is that of the fit', (_, features, ui, other) => {
    expect(confidenceOf(features, UI)).toBeCloseTo(ui, 3);
    expect(confidenceOf(features, OTHER)).toBeCloseTo(other, 3);
  });

  it.each([
    ['a longer cycle', { cycleCells: 8 }],
    ['less probability', { probability: 0.5 }],
    ['less support', { support: 0.1 }],
  ])('falls with %s', (_, change) => {
    for (const calibration of [UI, OTHER]) {
      expect(confidenceOf({ ...FEATURES, ...change }, calibration)).toBeLessThan(confidenceOf(FEATURES, calibration));
    }
  });

  it('of the embedded network falls with the margin, on either side of the knee', () => {
    const [low = 0, middle = 0, high = 0] = [0, 0.1, 0.2].map((margin) => confidenceOf({ ...FEATURES, margin }, UI));
    expect(low).toBeLessThan(middle);
    expect(middle).toBeLessThan(high);
  });

  it('of a backend without a fit depends on neither similarity nor margin', () => {
    expect([isFitted('ui default'), isFitted('sd21 default')]).toEqual([true, false]);
    expect(confidenceOf({ ...FEATURES, similarity: 0.1, margin: -1 }, OTHER)).toBe(confidenceOf(FEATURES, OTHER));
  });

  it.each([
    [{ similarity: 1, cycleCells: 0, probability: 1, support: 1, margin: 1 }],
    [{ similarity: -1, cycleCells: Number.POSITIVE_INFINITY, probability: 0, support: 0, margin: -2 }],
  ])('is a probability: %j', (extreme) => {
    for (const calibration of [UI, OTHER]) {
      expect(confidenceOf(extreme, calibration)).toBeGreaterThanOrEqual(0);
      expect(confidenceOf(extreme, calibration)).toBeLessThanOrEqual(1);
    }
  });
});
