import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../daemon/test/support/random.js';
import { drawPair } from './drawn-pairs.js';
import { fitLogistic, probability } from './fit-logistic.js';
import { calibrationError, reliability } from './reliability.js';

describe('logistic regression', () => {
  it('recovers the coefficients of the examples', () => {
    const random = seededRandom(1);
    const truth = [-1, 2, 0.5];
    const examples = Array.from({ length: 4000 }, () => {
      const values = [4 * random() - 2, 4 * random() - 2];
      return { values, right: random() < probability(truth, values), weight: 1 };
    });
    for (const [i, coefficient] of fitLogistic(examples).entries()) {
      expect(Math.abs(coefficient - (truth[i] ?? 0))).toBeLessThan(0.2);
    }
  });

  it('treats an example of double weight as two', () => {
    const one = { values: [1], right: true };
    const rest = [
      { values: [1], right: false, weight: 1 },
      { values: [-1], right: false, weight: 1 },
      { values: [-1], right: true, weight: 1 },
    ];
    const [twice, double] = [
      fitLogistic([{ ...one, weight: 1 }, { ...one, weight: 1 }, ...rest]),
      fitLogistic([{ ...one, weight: 2 }, ...rest]),
    ];
    expect(twice.map((value) => value.toFixed(6))).toEqual(double.map((value) => value.toFixed(6)));
  });
});

describe('reliability', () => {
  const predicted = (confidence: number, right: boolean) => ({ confidence, right, weight: 1 });

  it('has no error if items are right as often as predicted', () => {
    const all = [predicted(0.75, true), predicted(0.75, true), predicted(0.75, true), predicted(0.75, false)];
    expect(calibrationError(reliability(all, 10))).toBeCloseTo(0, 9);
  });

  it('has an error of 0.5 if items are right half as often as predicted', () => {
    const all = [predicted(1, true), predicted(1, false)];
    const bins = reliability(all, 10);
    expect(bins[9]).toMatchObject({ count: 2, predicted: 1, right: 0.5 });
    expect(calibrationError(bins)).toBeCloseTo(0.5, 9);
  });

  it('merges small bins with their neighbours', () => {
    const all = [
      predicted(0.05, false),
      predicted(0.05, true),
      predicted(0.15, true),
      predicted(0.35, true),
      predicted(1, true),
    ];
    const bins = reliability(all, 10, 2).map(({ from, to, count }) => ({ from, to, count }));
    expect(bins).toEqual([
      { from: 0, to: 0.1, count: 2 },
      { from: 0.1, to: 1, count: 3 },
    ]);
  });
});

describe('drawn pairs', () => {
  it('depend only on the seed', async () => {
    const [first, again, other] = [await drawPair(2), await drawPair(2), await drawPair(6)];
    expect(again.points).toEqual(first.points);
    expect(Buffer.compare(again.source.rgb, first.source.rgb)).toBe(0);
    expect(Buffer.compare(again.target.rgb, first.target.rgb)).toBe(0);
    expect(other.points).not.toEqual(first.points);
  });

  it('have points without a counterpart, and counterparts inside the target', async () => {
    const pair = await drawPair(0);
    const truths = pair.points.map(({ truth }) => truth);
    expect(truths).toContain(null);
    for (const truth of truths) {
      if (truth === null) continue;
      expect(truth.x >= 0 && truth.x <= pair.target.width).toBe(true);
      expect(truth.y >= 0 && truth.y <= pair.target.height).toBe(true);
    }
  });
});
