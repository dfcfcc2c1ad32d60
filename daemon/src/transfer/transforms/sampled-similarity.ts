import type { Estimator, Homography } from '@samepoint/shared-protocol';
import { median } from './fit-similarity.js';
import { toHomography } from './projective.js';
import { quasiRandomPoints } from './quasi-random.js';
import type { PointPair } from './refine-transform.js';

/** Pairs of correspondences that are tried. A third of right matches is found with a certainty of 1 − 10⁻²⁵. */
const HYPOTHESES = 500;

/**
 * The similarity through two of the correspondences that most of the others agree with, since OpenCV's WebAssembly build
 * has none: RANSAC counts the near ones, LMEDS takes the median, and MAGSAC's place is taken by MSAC, which adds up squared
 * distances that are cut off at the tolerance (Torr and Zisserman, 2000).
 * @returns null where no two source points are apart
 */
export function sampleSimilarity(
  pairs: readonly PointPair[],
  estimator: Estimator,
  tolerancePx: number,
): Homography | null {
  let best: { cost: number; transform: Homography } | null = null;
  let tried = 0;
  for (const { x, y } of quasiRandomPoints()) {
    if (tried++ === HYPOTHESES) break;
    const transform = through(pairs[Math.floor(x * pairs.length)], pairs[Math.floor(y * pairs.length)]);
    if (transform === null) continue;
    const cost = costOf(transform, pairs, estimator, tolerancePx);
    if (best === null || cost < best.cost) best = { cost, transform };
  }
  return best?.transform ?? null;
}

function through(a: PointPair | undefined, b: PointPair | undefined): Homography | null {
  if (a === undefined || b === undefined) return null;
  const from = { x: b.source.x - a.source.x, y: b.source.y - a.source.y };
  const to = { x: b.target.x - a.target.x, y: b.target.y - a.target.y };
  const squared = from.x ** 2 + from.y ** 2;
  if (!(squared > 0)) return null;
  const cos = (from.x * to.x + from.y * to.y) / squared;
  const sin = (from.x * to.y - from.y * to.x) / squared;
  if (cos === 0 && sin === 0) return null;
  const e = a.target.x - cos * a.source.x + sin * a.source.y;
  const f = a.target.y - sin * a.source.x - cos * a.source.y;
  return toHomography({ a: cos, b: sin, c: -sin, d: cos, e, f });
}

function costOf(h: Homography, pairs: readonly PointPair[], estimator: Estimator, tolerancePx: number): number {
  const squared = pairs.map(
    ({ source: { x, y }, target }) =>
      (h[0] * x + h[1] * y + h[2] - target.x) ** 2 + (h[3] * x + h[4] * y + h[5] - target.y) ** 2,
  );
  if (estimator === 'lmeds') return median(squared);
  const limit = tolerancePx ** 2;
  const loss = (off: number) => (estimator === 'ransac' ? Number(off > limit) : Math.min(off / limit, 1));
  return pairs.reduce((sum, { weight }, n) => sum + weight * loss(squared[n] ?? 0), 0);
}
