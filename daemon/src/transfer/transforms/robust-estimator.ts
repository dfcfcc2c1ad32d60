import type { Estimator, Homography, Point } from '@samepoint/shared-protocol';
import { median } from './fit-similarity.js';
import { type PointPair, refineTransform, TRANSFORM_KINDS, type TransformKind } from './least-squares.js';
import { openCv } from './opencv.js';
import { project, toHomography } from './projective.js';
import { quasiRandomPoints } from './quasi-random.js';

export interface RobustSettings {
  estimator: Estimator;
  /** An inlier is this near, in target pixels. LMEDS finds its transform without it. */
  tolerancePx: number;
}

/** A transform and what speaks for it. */
export interface RobustTransform {
  kind: TransformKind;
  transform: Homography;
  /** Indices of the pairs within the tolerance. */
  inliers: number[];
  /** Median distance of the inliers, in target pixels. */
  residualPx: number;
}

/** `reason` is a clause that can follow "because". */
export type FitOutcome = { ok: true; fit: RobustTransform } | { ok: false; reason: string };

/** More thorough than OpenCV's defaults: what is drawn is seen, and a round costs little. */
const SAMPLING = { maxRounds: 5000, confidence: 0.9999 };

/** Refitting to the inliers and choosing them again; two rounds settle nearly always. */
const REFITS = 3;

/** Points nearer to a line than this part of their extent are on it. */
const FLATNESS = 1e-6;

/**
 * The transform that most of the pairs agree with, by OpenCV's estimators (the similarity by our own), fitted again to
 * its inliers by their weights. The same pairs give the same transform in every run.
 * @param pairs those with a weight of 0 have no say
 */
export async function fitTransform(
  kind: TransformKind,
  pairs: readonly PointPair[],
  settings: RobustSettings,
): Promise<FitOutcome> {
  const usable = [...pairs.keys()].filter((index) => isUsable(pairs[index]));
  const given = usable.flatMap((index) => pairs[index] ?? []);
  const flaw = flawOf(kind, given);
  if (flaw !== null) return { ok: false, reason: flaw };
  const start = await estimate(kind, given, settings);
  if (start === null) return { ok: false, reason: `no ${kind} fits the matches` };
  const { transform, inliers } = refit(kind, start, given, settings.tolerancePx);
  if (inliers.length < TRANSFORM_KINDS[kind].pairs) return { ok: false, reason: `no ${kind} fits the matches` };
  const residualPx = median(inliers.map((n) => distance(transform, given[n])));
  return { ok: true, fit: { kind, transform, inliers: inliers.map((n) => usable[n] ?? n), residualPx } };
}

function isUsable(pair: PointPair | undefined): boolean {
  if (pair === undefined) return false;
  const { source, target, weight } = pair;
  return [source.x, source.y, target.x, target.y].every(Number.isFinite) && weight > 0;
}

function flawOf(kind: TransformKind, pairs: readonly PointPair[]): string | null {
  const needed = TRANSFORM_KINDS[kind].pairs;
  const found = `${pairs.length} ${pairs.length === 1 ? 'match was' : 'matches were'} found`;
  if (pairs.length < needed) return `a ${kind} needs ${needed} matches and ${found}`;
  for (const side of ['source', 'target'] as const) {
    const { longest, shortest } = extents(pairs.map((pair) => pair[side]));
    if (!(longest > 0)) return 'all matches are in one point';
    if (kind !== 'similarity' && shortest <= FLATNESS * longest) return 'all matches are on one line';
  }
  return null;
}

/** Standard deviations along the main axes. */
function extents(points: readonly { x: number; y: number }[]): { longest: number; shortest: number } {
  const mean = (pick: (point: { x: number; y: number }) => number) =>
    points.reduce((sum, point) => sum + pick(point), 0) / points.length;
  const [x, y] = [mean((p) => p.x), mean((p) => p.y)];
  const [xx, yy] = [mean((p) => (p.x - x) ** 2), mean((p) => (p.y - y) ** 2)];
  const xy = mean((p) => (p.x - x) * (p.y - y));
  const half = (xx + yy) / 2;
  const spread = Math.hypot((xx - yy) / 2, xy);
  return { longest: Math.sqrt(half + spread), shortest: Math.sqrt(Math.max(0, half - spread)) };
}

async function estimate(
  kind: TransformKind,
  pairs: readonly PointPair[],
  { estimator, tolerancePx }: RobustSettings,
): Promise<Homography | null> {
  if (kind === 'similarity') return sampleSimilarity(pairs, estimator, tolerancePx);
  return estimateByOpenCv(kind, pairs, { estimator, tolerancePx, ...SAMPLING });
}

function refit(kind: TransformKind, start: Homography, pairs: readonly PointPair[], tolerancePx: number) {
  const inliersOf = (h: Homography) => [...pairs.keys()].filter((n) => distance(h, pairs[n]) <= tolerancePx);
  let best = { transform: start, inliers: inliersOf(start) };
  for (let round = 0; round < REFITS; round++) {
    const chosen = best.inliers.flatMap((n) => pairs[n] ?? []);
    if (chosen.length < TRANSFORM_KINDS[kind].pairs) break;
    const transform = refineTransform(kind, best.transform, chosen);
    const inliers = inliersOf(transform);
    if (inliers.length < best.inliers.length) break;
    best = { transform, inliers };
  }
  return best;
}

/** How far the transform misses the target of a pair, in pixels. */
export function distance(h: Homography, pair: PointPair | undefined): number {
  if (pair === undefined) return Number.POSITIVE_INFINITY;
  const { x, y } = project(h, pair.source);
  const off = Math.hypot(x - pair.target.x, y - pair.target.y);
  return Number.isNaN(off) ? Number.POSITIVE_INFINITY : off;
}

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

/** OpenCV's numbers for them; the types of its build lack the last. */
const OPENCV_METHODS = { lmeds: 4, ransac: 8, magsac: 38 } as const satisfies Record<Estimator, number>;

/** Rounds in which OpenCV improves an affine on its inliers, its default. */
const AFFINE_REFINING_ROUNDS = 10;

/** How a transform is looked for. */
export interface EstimateSettings {
  estimator: Estimator;
  /** An inlier is this near, in target pixels. LMEDS finds its transform without it. */
  tolerancePx: number;
  /** Sampling stops after so many rounds, or when a better transform is less likely than 1 − `confidence`. */
  maxRounds: number;
  confidence: number;
}

/**
 * The transform that OpenCV's `findHomography` or `estimateAffine2D` gives; weights have no say. The same pairs give the
 * same transform in every run.
 * @param pairs as many as fix a transform of the kind, at least
 * @returns null where OpenCV finds none
 */
export async function estimateByOpenCv(
  kind: 'affine' | 'homography',
  pairs: readonly PointPair[],
  { estimator, tolerancePx, maxRounds, confidence }: EstimateSettings,
): Promise<Homography | null> {
  const inOpenCv = await openCv();
  const method = OPENCV_METHODS[estimator];
  const found = inOpenCv(({ cv, keep }) => {
    const points = (side: 'source' | 'target') => {
      const coordinates = pairs.flatMap((pair) => [pair[side].x, pair[side].y]);
      return keep(cv.matFromArray(pairs.length, 1, cv.CV_32FC2, coordinates));
    };
    const [from, to, mask] = [points('source'), points('target'), keep(new cv.Mat())];
    const matrix = keep(
      kind === 'homography'
        ? cv.findHomography(from, to, method, tolerancePx, mask, maxRounds, confidence)
        : cv.estimateAffine2D(from, to, mask, method, tolerancePx, maxRounds, confidence, AFFINE_REFINING_ROUNDS),
    );
    return Array.from<number>(matrix.data64F);
  });
  const [a, b, c, d, e, f, g = 0, h = 0, i = 1] = found;
  if (a === undefined || b === undefined || c === undefined || d === undefined || e === undefined || f === undefined)
    return null;
  return [a, b, c, d, e, f, g, h, i].every(Number.isFinite) ? [a, b, c, d, e, f, g, h, i] : null;
}

/** How long OpenCV's `findHomography` samples by default. */
const OPENCV_DEFAULTS = { maxRounds: 2000, confidence: 0.995 };

/**
 * The homography between two images as the official code finds it: OpenCV's `findHomography` with its defaults, and
 * nothing done to what it gives.
 * Source: eval_homography.py and edit_propagation.ipynb of Tang et al., 2023.
 * @returns null where there is none
 */
export async function publishedHomography(
  matches: readonly { source: Point; target: Point }[],
  { estimator, thresholdPx }: { estimator: Estimator; thresholdPx: number },
): Promise<Homography | null> {
  if (matches.length < TRANSFORM_KINDS.homography.pairs) return null;
  const pairs = matches.map(({ source, target }) => ({ source, target, weight: 1 }));
  return estimateByOpenCv('homography', pairs, { estimator, tolerancePx: thresholdPx, ...OPENCV_DEFAULTS });
}
