import type { Point } from '@samepoint/shared-protocol';
import { describe, expect, it } from 'vitest';
import { type Correspondence, fitSimilarity, median } from '../../../src/transfer/transforms/fit-similarity.js';
import { seededRandom } from '../../support/random.js';

const TOLERANCE_PX = 6;
const DEGREE = Math.PI / 180;

interface Known {
  scale: number;
  degrees: number;
  tx: number;
  ty: number;
}

function apply({ scale, degrees, tx, ty }: Known, { x, y }: Point): Point {
  const cos = scale * Math.cos(degrees * DEGREE);
  const sin = scale * Math.sin(degrees * DEGREE);
  return { x: cos * x - sin * y + tx, y: sin * x + cos * y + ty };
}

/** Points over a 300×200 region under a known transform; the first `outliers` of them land anywhere. */
function correspondences(known: Known, { count = 30, outliers = 0, noisePx = 0, seed = 1 } = {}): Correspondence[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, n) => {
    const source = { x: 100 + random() * 300, y: 50 + random() * 200 };
    const exact = apply(known, source);
    const noisy = { x: exact.x + (random() - 0.5) * 2 * noisePx, y: exact.y + (random() - 0.5) * 2 * noisePx };
    const anywhere = { x: random() * 1200, y: random() * 900 };
    return { source, target: n < outliers ? anywhere : noisy, weight: 0.8, scale: known.scale };
  });
}

describe('a similarity is recovered', () => {
  it.each<[string, Known]>([
    ['a shift', { scale: 1, degrees: 0, tx: 140, ty: -30 }],
    ['a growth', { scale: 1.4, degrees: 0, tx: 20, ty: 60 }],
    ['a shrinking', { scale: 0.55, degrees: 0, tx: 200, ty: 90 }],
    ['a turn by a quarter', { scale: 1, degrees: 90, tx: 500, ty: 10 }],
    ['a turn the other way, shrunk', { scale: 0.8, degrees: -30, tx: 100, ty: 300 }],
  ])('%s, with 40 %% of the matches wrong', (_name, known) => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const given = correspondences(known, { outliers: 12, noisePx: 1.5, seed });
      const fit = fitSimilarity(given, TOLERANCE_PX);
      const { a = 0, b = 0, c = 0, d = 0, e = 0, f = 0 } = fit?.transform ?? {};
      expect(Math.hypot(a, b)).toBeCloseTo(known.scale, 1);
      expect([c, d]).toEqual([-b, a]);
      for (const { source } of given) {
        const expected = apply(known, source);
        expect(
          Math.hypot(a * source.x + c * source.y + e - expected.x, b * source.x + d * source.y + f - expected.y),
        ).toBeLessThan(4);
      }
      expect(fit?.inliers).toEqual(expect.arrayContaining(given.slice(12)));
      expect(fit?.residualPx).toBeLessThan(2);
    }
  });

  it('exactly where the matches are exact', () => {
    const fit = fitSimilarity(correspondences({ scale: 1.25, degrees: 0, tx: 7, ty: -3 }), TOLERANCE_PX);
    expect(fit?.transform.a).toBeCloseTo(1.25, 9);
    expect(fit?.transform.e).toBeCloseTo(7, 6);
    expect(fit?.transform.f).toBeCloseTo(-3, 6);
    expect(fit?.residualPx).toBeCloseTo(0, 6);
    expect(fit?.inliers).toHaveLength(30);
  });

  it('the same in every run', () => {
    const given = correspondences({ scale: 1, degrees: 0, tx: 5, ty: 5 }, { outliers: 12, noisePx: 3 });
    expect(fitSimilarity(given, TOLERANCE_PX)).toEqual(fitSimilarity(given, TOLERANCE_PX));
  });
});

describe('a small turn is noise', () => {
  it.each([1, 2, -2])('of %i degrees: what is upright stays upright', (degrees) => {
    const { transform } = fitSimilarity(correspondences({ scale: 1, degrees, tx: 50, ty: 20 }), TOLERANCE_PX) ?? {};
    expect(transform?.b).toBe(0);
    expect(Math.abs(transform?.c ?? 1)).toBe(0);
  });

  it('but one of 12 degrees is a turn', () => {
    const { transform } = fitSimilarity(correspondences({ scale: 1, degrees: 12, tx: 50, ty: 20 }), TOLERANCE_PX) ?? {};
    expect(Math.atan2(transform?.b ?? 0, transform?.a ?? 0) / DEGREE).toBeCloseTo(12, 1);
  });
});

describe('the heavier side wins', () => {
  it('a few sure matches over many doubtful ones', () => {
    const doubtful = correspondences({ scale: 1, degrees: 0, tx: 400, ty: 0 }, { count: 12 });
    const sure = correspondences({ scale: 1, degrees: 0, tx: -50, ty: 10 }, { count: 5, seed: 2 });
    const given = [...doubtful.map((c) => ({ ...c, weight: 0.1 })), ...sure.map((c) => ({ ...c, weight: 0.9 }))];
    expect(fitSimilarity(given, TOLERANCE_PX)?.transform.e).toBeCloseTo(-50, 3);
  });
});

describe('a fit of little', () => {
  const one: Correspondence = { source: { x: 10, y: 20 }, target: { x: 40, y: 70 }, weight: 0.5, scale: 1.5 };

  it('of nothing is none', () => {
    expect(fitSimilarity([], TOLERANCE_PX)).toBeNull();
  });

  it('of one match takes the scale that the match implies', () => {
    const fit = fitSimilarity([one], TOLERANCE_PX);
    expect(fit?.transform).toEqual({ a: 1.5, b: 0, c: -0, d: 1.5, e: 25, f: 40 });
    expect(fit?.residualPx).toBe(0);
  });

  it('of the same match many times is that of one', () => {
    expect(fitSimilarity([one, one, one], TOLERANCE_PX)?.transform.e).toBeCloseTo(25, 9);
  });

  it('of matches nobody believes in holds no infinity and no NaN', () => {
    const given = correspondences({ scale: 1, degrees: 0, tx: 5, ty: 5 }).map((c) => ({ ...c, weight: 0 }));
    for (const value of Object.values(fitSimilarity(given, TOLERANCE_PX)?.transform ?? { a: Number.NaN }))
      expect(Number.isFinite(value)).toBe(true);
  });

  it('of matches that all meet in one point takes their scale, not nought', () => {
    const given = correspondences({ scale: 1, degrees: 0, tx: 0, ty: 0 }).map((c) => ({
      ...c,
      target: { x: 9, y: 9 },
    }));
    expect(fitSimilarity(given, TOLERANCE_PX)?.transform.a).toBeCloseTo(1, 1);
  });
});

describe('the median', () => {
  it.each([
    [[], 0],
    [[3], 3],
    [[9, 1, 5], 5],
    [[10, 2, 8, 4], 6],
  ])('of %j is %d', (values, expected) => {
    expect(median(values)).toBe(expected);
  });
});
