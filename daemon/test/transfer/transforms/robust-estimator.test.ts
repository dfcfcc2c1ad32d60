import { estimatorSchema, type Homography, type Point } from '@samepoint/shared-protocol';
import { describe, expect, it } from 'vitest';
import { type PointPair, TRANSFORM_KINDS, type TransformKind } from '../../../src/transfer/transforms/least-squares.js';
import { compose, invert, project, stretchAt } from '../../../src/transfer/transforms/projective.js';
import {
  type FitOutcome,
  fitTransform,
  type RobustTransform,
} from '../../../src/transfer/transforms/robust-estimator.js';
import { seededRandom } from '../../support/random.js';

const SIDE = { width: 800, height: 600 };
const TOLERANCE_PX = 5;

const KNOWN: Record<TransformKind, Homography> = {
  similarity: [0.9, -0.4, 120, 0.4, 0.9, -30, 0, 0, 1],
  affine: [1.1, 0.2, 15, -0.05, 0.8, 40, 0, 0, 1],
  homography: [1.1, 0.05, 20, -0.03, 0.95, -10, 1e-4, -5e-5, 1],
};

const KINDS = Object.keys(TRANSFORM_KINDS) as TransformKind[];
const EVERY_WAY = KINDS.flatMap((kind) => estimatorSchema.options.map((estimator) => [kind, estimator] as const));

interface Making {
  count?: number;
  outliers?: number;
  noisePx?: number;
  seed?: number;
}

/** Points over the image under a known transform; the first `outliers` of them land anywhere. */
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

describe.each(EVERY_WAY)('a known %s by %s', (kind, estimator) => {
  const settings = { estimator, tolerancePx: TOLERANCE_PX };

  it('is found to a thousandth of a pixel where matches are exact', async () => {
    const fit = fitted(await fitTransform(kind, pairsUnder(KNOWN[kind]), settings));
    expect(worstPx(fit.transform, KNOWN[kind])).toBeLessThan(1e-3);
    expect(fit.inliers).toHaveLength(120);
    expect(fit.residualPx).toBeLessThan(1e-3);
  });

  it('is found to half a pixel though 40 % of the matches are wrong, some of them by chance near the truth', async () => {
    const fit = fitted(await fitTransform(kind, pairsUnder(KNOWN[kind], { outliers: 48 }), settings));
    expect(worstPx(fit.transform, KNOWN[kind])).toBeLessThan(0.5);
    const right = fit.inliers.filter((index) => index >= 48);
    expect(right).toHaveLength(72);
    expect(fit.inliers.length - right.length).toBeLessThan(3);
  });

  it('is found within a pixel though 40 % are wrong and the others are up to 1.5 px off', async () => {
    for (const seed of [1, 2, 3]) {
      const pairs = pairsUnder(KNOWN[kind], { outliers: 48, noisePx: 1.5, seed });
      const fit = fitted(await fitTransform(kind, pairs, settings));
      expect(worstPx(fit.transform, KNOWN[kind])).toBeLessThan(2);
      expect(fit.residualPx).toBeGreaterThan(0.3);
      expect(fit.residualPx).toBeLessThan(1.5);
    }
  });

  it('is the same in every run, and does not depend on what was fitted before', async () => {
    const pairs = pairsUnder(KNOWN[kind], { outliers: 48, noisePx: 2 });
    const first = await fitTransform(kind, pairs, settings);
    await fitTransform('homography', pairsUnder(KNOWN.homography, { outliers: 30, seed: 9 }), settings);
    expect(await fitTransform(kind, pairs, settings)).toEqual(first);
  });
});

describe('what cannot be fitted is said, not thrown', () => {
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
    for (const [kind, estimator] of EVERY_WAY) {
      const outcome = await fitTransform(kind, pairs, { estimator, tolerancePx: TOLERANCE_PX });
      expect(outcome).toEqual({ ok: false, reason: expect.stringMatching(reason) });
    }
  });

  it('matches on one line, unless a similarity is asked for, which two points fix', async () => {
    for (const [kind, estimator] of EVERY_WAY) {
      const outcome = await fitTransform(kind, line, { estimator, tolerancePx: TOLERANCE_PX });
      if (kind === 'similarity')
        expect(worstPx(fitted(outcome).transform, [1, 0, 0, 0, 1, 0, 0, 0, 1])).toBeLessThan(1);
      else expect(outcome).toEqual({ ok: false, reason: 'all matches are on one line' });
    }
  });

  it('but a match that is no number leaves the others alone', async () => {
    const pairs = [...pairsUnder(KNOWN.homography), at(Number.NaN, 1)];
    const fit = fitted(await fitTransform('homography', pairs, { estimator: 'ransac', tolerancePx: TOLERANCE_PX }));
    expect(worstPx(fit.transform, KNOWN.homography)).toBeLessThan(1e-3);
    expect(fit.inliers).toHaveLength(120);
  });
});

describe('a heavier match', () => {
  it('pulls the fit towards itself', async () => {
    const shifted = (dx: number, weight: number) =>
      pairsUnder([1, 0, dx, 0, 1, 0, 0, 0, 1], { count: 40 }).map((pair) => ({ ...pair, weight }));
    const pairs = [...shifted(0, 0.9), ...shifted(2, 0.1)];
    const fit = fitted(await fitTransform('similarity', pairs, { estimator: 'magsac', tolerancePx: TOLERANCE_PX }));
    expect(fit.transform[2]).toBeCloseTo(0.2, 6);
  });
});

describe('a projective transform', () => {
  const h = KNOWN.homography;

  it('and its inverse are nothing', () => {
    expect(worstPx(compose(invert(h), h), [1, 0, 0, 0, 1, 0, 0, 0, 1])).toBeLessThan(1e-9);
  });

  it('has no point on its horizon', () => {
    expect(project([1, 0, 0, 0, 1, 0, 1, 0, -5], { x: 5, y: 1 }).x).toBeNaN();
  });

  it.each<[string, Homography, { least: number; most: number; mirrored: boolean }]>([
    ['a scale', [2, 0, 5, 0, 2, 5, 0, 0, 1], { least: 2, most: 2, mirrored: false }],
    ['a turn', [0, -1, 5, 1, 0, 5, 0, 0, 1], { least: 1, most: 1, mirrored: false }],
    ['two scales', [3, 0, 0, 0, 0.5, 0, 0, 0, 1], { least: 0.5, most: 3, mirrored: false }],
    ['a mirror', [-1, 0, 0, 0, 1, 0, 0, 0, 1], { least: 1, most: 1, mirrored: true }],
    ['a homogeneous factor', [2, 0, 0, 0, 2, 0, 0, 0, 2], { least: 1, most: 1, mirrored: false }],
  ])('stretches a small square: %s', (_what, transform, expected) => {
    const { least, most, mirrored } = stretchAt(transform, { x: 10, y: 20 });
    expect(least).toBeCloseTo(expected.least, 9);
    expect(most).toBeCloseTo(expected.most, 9);
    expect(mirrored).toBe(expected.mirrored);
  });
});
