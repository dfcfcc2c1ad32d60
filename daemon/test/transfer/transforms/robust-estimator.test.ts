import { estimatorSchema, type Homography, type Point } from '@samepoint/shared-protocol';
import { describe, expect, it } from 'vitest';
import { type PointPair, TRANSFORM_KINDS, type TransformKind } from '../../../src/transfer/transforms/least-squares.js';
import { project } from '../../../src/transfer/transforms/projective.js';
import {
  type Correspondence,
  type FitOutcome,
  fitSimilarity,
  fitTransform,
  median,
  type RobustTransform,
} from '../../../src/transfer/transforms/robust-estimator.js';
import { seededRandom } from '../../support/random.js';

const SIDE = { width: 800, height: 600 };
const TOLERANCE_PX = 5;
const SIMILARITY_TOLERANCE_PX = 6;

const KNOWN: Record<TransformKind, Homography> = {
  similarity: [0.9, -0.4, 120, 0.4, 0.9, -30, 0, 0, 1],
  affine: [1.1, 0.2, 15, -0.05, 0.8, 40, 0, 0, 1],
  homography: [1.1, 0.05, 20, -0.03, 0.95, -10, 1e-4, -5e-5, 1],
};

const KINDS = Object.keys(TRANSFORM_KINDS) as TransformKind[];
const KINDS_AND_ESTIMATORS = KINDS.flatMap((kind) =>
  estimatorSchema.options.map((estimator) => [kind, estimator] as const),
);

interface Making {
  count?: number;
  outliers?: number;
  noisePx?: number;
  seed?: number;
}

/** Points over the image under a known transform; the first `outliers` have random targets. */
function pairsUnder(h: Homography, { count = 120, outliers = 0, noisePx = 0, seed = 1 }: Making = {}): PointPair[] {
  const random = seededRandom(seed);
  const anywhere = () => ({ x: random() * SIDE.width, y: random() * SIDE.height });
  const noise = () => (random() - 0.5) * 2 * noisePx;
  return Array.from({ length: count }, (_, n) => {
    const source = anywhere();
    const exact = project(h, source);
    const target = n < outliers ? anywhere() : { x: exact.x + noise(), y: exact.y + noise() };
    return { source, target, weight: 1 };
  });
}

function fitted(outcome: FitOutcome): RobustTransform {
  if (!outcome.ok) throw new Error(outcome.reason);
  return outcome.fit;
}

/** The greatest distance between two transforms over the image. */
function worstPx(a: Homography, b: Homography): number {
  const at = [0, 0.25, 0.5, 0.75, 1];
  return Math.max(
    ...at.flatMap((u) =>
      at.map((v) => {
        const point = { x: u * SIDE.width, y: v * SIDE.height };
        const [p, q] = [project(a, point), project(b, point)];
        return Math.hypot(p.x - q.x, p.y - q.y);
      }),
    ),
  );
}

describe.each(KINDS_AND_ESTIMATORS)('a known %s by %s', (kind, estimator) => {
  const settings = { estimator, tolerancePx: TOLERANCE_PX };

  it('is recovered to a thousandth of a pixel from exact matches', async () => {
    const fit = fitted(await fitTransform(kind, pairsUnder(KNOWN[kind]), settings));
    expect(worstPx(fit.transform, KNOWN[kind])).toBeLessThan(1e-3);
    expect(fit.inliers).toHaveLength(120);
    expect(fit.residualPx).toBeLessThan(1e-3);
  });

  it('is recovered to half a pixel with 40 % outliers, some of them near the truth by chance', async () => {
    const fit = fitted(await fitTransform(kind, pairsUnder(KNOWN[kind], { outliers: 48 }), settings));
    expect(worstPx(fit.transform, KNOWN[kind])).toBeLessThan(0.5);
    const right = fit.inliers.filter((index) => index >= 48);
    expect(right).toHaveLength(72);
    expect(fit.inliers.length - right.length).toBeLessThan(3);
  });

  it('is recovered with 40 % outliers and inliers up to 1.5 px off', async () => {
    for (const seed of [1, 2, 3]) {
      const pairs = pairsUnder(KNOWN[kind], { outliers: 48, noisePx: 1.5, seed });
      const fit = fitted(await fitTransform(kind, pairs, settings));
      expect(worstPx(fit.transform, KNOWN[kind])).toBeLessThan(2);
      expect(fit.residualPx).toBeGreaterThan(0.3);
      expect(fit.residualPx).toBeLessThan(1.5);
    }
  });

  it('is the same in every run, whatever was fitted before', async () => {
    const pairs = pairsUnder(KNOWN[kind], { outliers: 48, noisePx: 2 });
    const first = await fitTransform(kind, pairs, settings);
    await fitTransform('homography', pairsUnder(KNOWN.homography, { outliers: 30, seed: 9 }), settings);
    expect(await fitTransform(kind, pairs, settings)).toEqual(first);
  });
});

describe('degenerate matches give a reason, not an error', () => {
  const at = (x: number, y: number, to: Point = { x, y }): PointPair => ({ source: { x, y }, target: to, weight: 1 });
  const line = Array.from({ length: 20 }, (_, n) => at(n * 7, n * 3));
  const spread = [at(0, 0), at(90, 5), at(10, 80), at(70, 60), at(40, 20), at(15, 55)];

  it.each<[string, PointPair[], RegExp]>([
    ['nothing', [], /0 matches were found/],
    ['one match', [at(1, 2)], /1 match was found/],
    ['one match many times', Array.from({ length: 20 }, () => at(3, 4)), /in one point/],
    ['all targets in one point', spread.map(({ source }) => at(source.x, source.y, { x: 9, y: 9 })), /in one point/],
    ['no numbers', spread.map((pair) => ({ ...pair, target: { x: Number.NaN, y: 0 } })), /0 matches were found/],
    ['no end', spread.map((pair) => ({ ...pair, target: { x: Number.POSITIVE_INFINITY, y: 0 } })), /0 matches/],
    ['matches without weight', spread.map((pair) => ({ ...pair, weight: 0 })), /0 matches were found/],
  ])('%s', async (_what, pairs, reason) => {
    for (const [kind, estimator] of KINDS_AND_ESTIMATORS) {
      const outcome = await fitTransform(kind, pairs, { estimator, tolerancePx: TOLERANCE_PX });
      const cause = reason.test('in one point') ? 'degenerate-matches' : 'too-few-matches';
      expect(outcome).toEqual({ ok: false, reason: expect.stringMatching(reason), cause });
    }
  });

  it('matches on one line, except for a similarity, which two points determine', async () => {
    for (const [kind, estimator] of KINDS_AND_ESTIMATORS) {
      const outcome = await fitTransform(kind, line, { estimator, tolerancePx: TOLERANCE_PX });
      if (kind === 'similarity')
        expect(worstPx(fitted(outcome).transform, [1, 0, 0, 0, 1, 0, 0, 0, 1])).toBeLessThan(1);
      else expect(outcome).toEqual({ ok: false, reason: 'all matches are on one line', cause: 'degenerate-matches' });
    }
  });

  it('a non-finite match is ignored', async () => {
    const pairs = [...pairsUnder(KNOWN.homography), at(Number.NaN, 1)];
    const fit = fitted(await fitTransform('homography', pairs, { estimator: 'ransac', tolerancePx: TOLERANCE_PX }));
    expect(worstPx(fit.transform, KNOWN.homography)).toBeLessThan(1e-3);
    expect(fit.inliers).toHaveLength(120);
  });
});

describe('matches near one line', () => {
  it.each([
    [5e-6, false],
    [5e-7, true],
  ])('with an extent of %d of their length across it are collinear: %s', async (flatness, collinear) => {
    const pairs = Array.from({ length: 40 }, (_, n) => {
      const point = { x: 10 * n, y: 10 * n + (n % 2) * flatness * 400 };
      return { source: point, target: point, weight: 1 };
    });
    const outcome = await fitTransform('affine', pairs, { estimator: 'ransac', tolerancePx: TOLERANCE_PX });
    expect(!outcome.ok && outcome.reason === 'all matches are on one line').toBe(collinear);
  });
});

describe('a heavier match', () => {
  it('pulls the fit', async () => {
    const shifted = (dx: number, weight: number) =>
      pairsUnder([1, 0, dx, 0, 1, 0, 0, 0, 1], { count: 40 }).map((pair) => ({ ...pair, weight }));
    const pairs = [...shifted(0, 0.9), ...shifted(2, 0.1)];
    const fit = fitted(await fitTransform('similarity', pairs, { estimator: 'magsac', tolerancePx: TOLERANCE_PX }));
    expect(fit.transform[2]).toBeCloseTo(0.2, 6);
  });
});

const DEGREE = Math.PI / 180;

interface KnownSimilarity {
  scale: number;
  degrees: number;
  tx: number;
  ty: number;
}

function apply({ scale, degrees, tx, ty }: KnownSimilarity, { x, y }: Point): Point {
  const cos = scale * Math.cos(degrees * DEGREE);
  const sin = scale * Math.sin(degrees * DEGREE);
  return { x: cos * x - sin * y + tx, y: sin * x + cos * y + ty };
}

/** Points over a 300×200 region under a known transform; the first `outliers` have random targets. */
function correspondences(
  known: KnownSimilarity,
  { count = 30, outliers = 0, noisePx = 0, seed = 1 } = {},
): Correspondence[] {
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
  it.each<[string, KnownSimilarity]>([
    ['a shift', { scale: 1, degrees: 0, tx: 140, ty: -30 }],
    ['a growth', { scale: 1.4, degrees: 0, tx: 20, ty: 60 }],
    ['a shrinking', { scale: 0.55, degrees: 0, tx: 200, ty: 90 }],
    ['a turn by a quarter', { scale: 1, degrees: 90, tx: 500, ty: 10 }],
    ['a turn the other way, shrunk', { scale: 0.8, degrees: -30, tx: 100, ty: 300 }],
  ])('%s, with 40 %% of the matches wrong', (_name, known) => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const given = correspondences(known, { outliers: 12, noisePx: 1.5, seed });
      const fit = fitSimilarity(given, SIMILARITY_TOLERANCE_PX);
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

  it('exactly if the matches are exact', () => {
    const fit = fitSimilarity(correspondences({ scale: 1.25, degrees: 0, tx: 7, ty: -3 }), SIMILARITY_TOLERANCE_PX);
    expect(fit?.transform.a).toBeCloseTo(1.25, 9);
    expect(fit?.transform.e).toBeCloseTo(7, 6);
    expect(fit?.transform.f).toBeCloseTo(-3, 6);
    expect(fit?.residualPx).toBeCloseTo(0, 6);
    expect(fit?.inliers).toHaveLength(30);
  });

  it('the same in every run', () => {
    const given = correspondences({ scale: 1, degrees: 0, tx: 5, ty: 5 }, { outliers: 12, noisePx: 3 });
    expect(fitSimilarity(given, SIMILARITY_TOLERANCE_PX)).toEqual(fitSimilarity(given, SIMILARITY_TOLERANCE_PX));
  });
});

describe('a small rotation is noise', () => {
  it.each([1, 2, -2])('of %i degrees: the fit stays upright', (degrees) => {
    const { transform } =
      fitSimilarity(correspondences({ scale: 1, degrees, tx: 50, ty: 20 }), SIMILARITY_TOLERANCE_PX) ?? {};
    expect(transform?.b).toBe(0);
    expect(Math.abs(transform?.c ?? 1)).toBe(0);
  });

  it('but not one of 12 degrees', () => {
    const { transform } =
      fitSimilarity(correspondences({ scale: 1, degrees: 12, tx: 50, ty: 20 }), SIMILARITY_TOLERANCE_PX) ?? {};
    expect(Math.atan2(transform?.b ?? 0, transform?.a ?? 0) / DEGREE).toBeCloseTo(12, 1);
  });
});

describe('a rotation needs inliers 1.2 times as heavy as those without', () => {
  it.each([
    [0.55, 0],
    [0.65, 90],
  ])('with weights of 0.5 upright and %d rotated the fit has %i degrees', (weight, degrees) => {
    const upright = correspondences({ scale: 1, degrees: 0, tx: 400, ty: 0 }, { count: 10 });
    const rotated = correspondences({ scale: 1, degrees: 90, tx: 0, ty: 500 }, { count: 10, seed: 2 });
    const given = [...upright.map((c) => ({ ...c, weight: 0.5 })), ...rotated.map((c) => ({ ...c, weight }))];
    const { a = 0, b = 0 } = fitSimilarity(given, SIMILARITY_TOLERANCE_PX)?.transform ?? {};
    expect(Math.atan2(b, a) / DEGREE).toBeCloseTo(degrees, 6);
  });
});

describe('a scale differs from that of the matches by at most 1.5', () => {
  it.each([
    [1.45, true],
    [1.55, false],
  ])('matches of scale 1 on points %d apart are inliers of one fit: %s', (scale, fits) => {
    const given = correspondences({ scale, degrees: 0, tx: 5, ty: 5 }).map((c) => ({ ...c, scale: 1 }));
    expect(fitSimilarity(given, SIMILARITY_TOLERANCE_PX)?.inliers.length === given.length).toBe(fits);
  });
});

describe('the heaviest inliers win', () => {
  it('a few confident matches over many doubtful ones', () => {
    const doubtful = correspondences({ scale: 1, degrees: 0, tx: 400, ty: 0 }, { count: 12 });
    const sure = correspondences({ scale: 1, degrees: 0, tx: -50, ty: 10 }, { count: 5, seed: 2 });
    const given = [...doubtful.map((c) => ({ ...c, weight: 0.1 })), ...sure.map((c) => ({ ...c, weight: 0.9 }))];
    expect(fitSimilarity(given, SIMILARITY_TOLERANCE_PX)?.transform.e).toBeCloseTo(-50, 3);
  });
});

describe('a fit of few correspondences', () => {
  const one: Correspondence = { source: { x: 10, y: 20 }, target: { x: 40, y: 70 }, weight: 0.5, scale: 1.5 };

  it('without any is null', () => {
    expect(fitSimilarity([], SIMILARITY_TOLERANCE_PX)).toBeNull();
  });

  it('of one match has the scale of the match', () => {
    const fit = fitSimilarity([one], SIMILARITY_TOLERANCE_PX);
    expect(fit?.transform).toEqual({ a: 1.5, b: 0, c: -0, d: 1.5, e: 25, f: 40 });
    expect(fit?.residualPx).toBe(0);
  });

  it('of the same match many times is that of one', () => {
    expect(fitSimilarity([one, one, one], SIMILARITY_TOLERANCE_PX)?.transform.e).toBeCloseTo(25, 9);
  });

  it('of matches with zero weight is finite', () => {
    const given = correspondences({ scale: 1, degrees: 0, tx: 5, ty: 5 }).map((c) => ({ ...c, weight: 0 }));
    for (const value of Object.values(fitSimilarity(given, SIMILARITY_TOLERANCE_PX)?.transform ?? { a: Number.NaN }))
      expect(Number.isFinite(value)).toBe(true);
  });

  it('of matches with one common target keeps their scale', () => {
    const given = correspondences({ scale: 1, degrees: 0, tx: 0, ty: 0 }).map((c) => ({
      ...c,
      target: { x: 9, y: 9 },
    }));
    expect(fitSimilarity(given, SIMILARITY_TOLERANCE_PX)?.transform.a).toBeCloseTo(1, 1);
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
