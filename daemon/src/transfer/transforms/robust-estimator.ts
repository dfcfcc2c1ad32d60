import type { Affine, Estimator, Homography, Point } from '@samepoint/shared-protocol';
import {
  gaussNewton,
  leastSquaresSimilarity,
  type PointPair,
  type Similarity,
  similarityAt,
  TRANSFORM_KINDS,
  type TransformKind,
} from './least-squares.js';
import { openCv } from './opencv.js';
import { project, toHomography } from './projective.js';
import type { Refusal } from './refusal.js';
import { quasiRandomPoints } from './reproducible-random.js';

/*
 * All robust estimation of transforms: the hypothesis that most matches agree with, refined on its inliers. Runs are
 * reproducible: nothing is drawn at random.
 *
 * - `fitTransform` serves edits and whole images, with hundreds of matches. OpenCV estimates affines and homographies. Its
 *   WebAssembly build has no similarity (`estimateAffinePartial2D`), so similarities are sampled here.
 * - `fitSimilarity` serves boxes and layers. With at most 64 matches it tries every pair, and it uses what OpenCV cannot: the
 *   scale of each match, and a prior for upright layers.
 * - `publishedHomography` is OpenCV's estimate alone, as in the published protocols.
 */

export interface RobustSettings {
  estimator: Estimator;
  /** The greatest residual of an inlier, in target pixels. LMEDS estimates without it. */
  tolerancePx: number;
}

export interface RobustTransform {
  kind: TransformKind;
  transform: Homography;
  /** Indices of the pairs within the tolerance. */
  inliers: number[];
  /** Median residual of the inliers, in target pixels. */
  residualPx: number;
}

/** `reason` completes a sentence after "because". */
export type FitOutcome = { ok: true; fit: RobustTransform } | ({ ok: false } & Refusal);

/** OpenCV stops after `maxRounds`, or when a better transform is less likely than 1 − `confidence`. */
interface Sampling {
  maxRounds: number;
  confidence: number;
}

/** More thorough than OpenCV's defaults: errors are visible, and rounds are cheap. */
const SAMPLING: Sampling = { maxRounds: 5000, confidence: 0.9999 };

/** Refits to the inliers, which then change. Nearly all fits converge in two. */
const REFITS = 3;

/** Points whose extents have less than this ratio are collinear. */
const FLATNESS = 1e-6;

/**
 * Fits one transform to most of the pairs: a robust estimate, refined by weighted least squares on its inliers.
 * @param pairs those with weight 0 or non-finite coordinates are ignored
 */
export async function fitTransform(
  kind: TransformKind,
  pairs: readonly PointPair[],
  settings: RobustSettings,
): Promise<FitOutcome> {
  const usable = [...pairs.keys()].filter((index) => isUsable(pairs[index]));
  const given = usable.flatMap((index) => pairs[index] ?? []);
  const degeneracy = degeneracyOf(kind, given);
  if (degeneracy !== null) return { ok: false, ...degeneracy };
  const start =
    kind === 'similarity' ? sampleSimilarity(given, settings) : await estimateByOpenCv(kind, given, settings, SAMPLING);
  const unfit = { ok: false, reason: `no ${kind} fits the matches`, cause: 'no-agreement' } as const;
  if (start === null) return unfit;
  const { transform, inliers } = refit(kind, start, given, settings.tolerancePx);
  if (inliers.length < TRANSFORM_KINDS[kind].minPairs) return unfit;
  const residualPx = median(inliers.map((n) => residual(transform, given[n])));
  return { ok: true, fit: { kind, transform, inliers: inliers.map((n) => usable[n] ?? n), residualPx } };
}

function isUsable(pair: PointPair | undefined): boolean {
  if (pair === undefined) return false;
  const { source, target, weight } = pair;
  return [source.x, source.y, target.x, target.y].every(Number.isFinite) && weight > 0;
}

function degeneracyOf(kind: TransformKind, pairs: readonly PointPair[]): Refusal | null {
  const needed = TRANSFORM_KINDS[kind].minPairs;
  const found = `${pairs.length} ${pairs.length === 1 ? 'match was' : 'matches were'} found`;
  if (pairs.length < needed)
    return { reason: `a ${kind} needs ${needed} matches and ${found}`, cause: 'too-few-matches' };
  for (const side of ['source', 'target'] as const) {
    const { longest, shortest } = extents(pairs.map((pair) => pair[side]));
    if (!(longest > 0)) return { reason: 'all matches are in one point', cause: 'degenerate-matches' };
    if (kind !== 'similarity' && shortest <= FLATNESS * longest)
      return { reason: 'all matches are on one line', cause: 'degenerate-matches' };
  }
  return null;
}

/** Standard deviations along the principal axes. */
function extents(points: readonly Point[]): { longest: number; shortest: number } {
  const mean = (pick: (point: Point) => number) => points.reduce((sum, point) => sum + pick(point), 0) / points.length;
  const [x, y] = [mean((p) => p.x), mean((p) => p.y)];
  const [xx, yy] = [mean((p) => (p.x - x) ** 2), mean((p) => (p.y - y) ** 2)];
  const xy = mean((p) => (p.x - x) * (p.y - y));
  const half = (xx + yy) / 2;
  const spread = Math.hypot((xx - yy) / 2, xy);
  return { longest: Math.sqrt(half + spread), shortest: Math.sqrt(Math.max(0, half - spread)) };
}

function refit(kind: TransformKind, start: Homography, pairs: readonly PointPair[], tolerancePx: number) {
  const inliersOf = (h: Homography) => [...pairs.keys()].filter((n) => residual(h, pairs[n]) <= tolerancePx);
  let best = { transform: start, inliers: inliersOf(start) };
  for (let round = 0; round < REFITS; round++) {
    const chosen = best.inliers.flatMap((n) => pairs[n] ?? []);
    if (chosen.length < TRANSFORM_KINDS[kind].minPairs) break;
    const transform = leastSquares(kind, best.transform, chosen);
    const inliers = inliersOf(transform);
    if (inliers.length < best.inliers.length) break;
    best = { transform, inliers };
  }
  return best;
}

function leastSquares(kind: TransformKind, start: Homography, pairs: readonly PointPair[]): Homography {
  if (kind !== 'similarity') return gaussNewton(kind, start, pairs);
  const refined = leastSquaresSimilarity(pairs, false);
  return refined === null ? start : toHomography(toAffine(refined));
}

/** The residual of a pair in target pixels; infinite beyond the horizon. */
export function residual(h: Homography, pair: PointPair | undefined): number {
  if (pair === undefined) return Number.POSITIVE_INFINITY;
  const { x, y } = project(h, pair.source);
  const off = Math.hypot(x - pair.target.x, y - pair.target.y);
  return Number.isNaN(off) ? Number.POSITIVE_INFINITY : off;
}

/** OpenCV's numbers of its methods. Its types lack the last. */
const OPENCV_METHODS = { lmeds: 4, ransac: 8, magsac: 38 } as const satisfies Record<Estimator, number>;

/**
 * OpenCV's `findHomography` or `estimateAffine2D`, which ignore weights.
 * @param pairs at least as many as the kind needs
 * @param sampling OpenCV's defaults if omitted
 * @returns null if OpenCV finds none
 */
async function estimateByOpenCv(
  kind: 'affine' | 'homography',
  pairs: readonly Pick<PointPair, 'source' | 'target'>[],
  { estimator, tolerancePx }: RobustSettings,
  sampling?: Sampling,
): Promise<Homography | null> {
  const inOpenCv = await openCv();
  const method = OPENCV_METHODS[estimator];
  const found = inOpenCv(({ cv, keep }) => {
    const points = (side: 'source' | 'target') => {
      const coordinates = pairs.flatMap((pair) => [pair[side].x, pair[side].y]);
      return keep(cv.matFromArray(pairs.length, 1, cv.CV_32FC2, coordinates));
    };
    const [from, to, mask] = [points('source'), points('target'), keep(new cv.Mat())];
    const effort = sampling === undefined ? ([] as const) : ([sampling.maxRounds, sampling.confidence] as const);
    const matrix = keep(
      kind === 'homography'
        ? cv.findHomography(from, to, method, tolerancePx, mask, ...effort)
        : cv.estimateAffine2D(from, to, mask, method, tolerancePx, ...effort),
    );
    return Array.from<number>(matrix.data64F);
  });
  const [a, b, c, d, e, f, g = 0, h = 0, i = 1] = found;
  if (a === undefined || b === undefined || c === undefined || d === undefined || e === undefined || f === undefined)
    return null;
  return [a, b, c, d, e, f, g, h, i].every(Number.isFinite) ? [a, b, c, d, e, f, g, h, i] : null;
}

/**
 * The homography between two images as in the official code: `findHomography` with its defaults, not refined.
 * Source: eval_homography.py and edit_propagation.ipynb of Tang et al., 2023.
 * @returns null if there is none
 */
export async function publishedHomography(
  matches: readonly Pick<PointPair, 'source' | 'target'>[],
  { estimator, thresholdPx }: { estimator: Estimator; thresholdPx: number },
): Promise<Homography | null> {
  if (matches.length < TRANSFORM_KINDS.homography.minPairs) return null;
  return estimateByOpenCv('homography', matches, { estimator, tolerancePx: thresholdPx });
}

/** Sampled pairs. If a third of the matches is right, all samples miss with a probability of 10⁻²⁵. */
const SAMPLES = 500;

/**
 * The best similarity through two of the pairs. RANSAC counts outliers, LMEDS takes the median residual, and MSAC stands in
 * for MAGSAC: it truncates squared residuals at the tolerance (Torr and Zisserman, 2000).
 * @returns null if all samples are degenerate
 */
function sampleSimilarity(pairs: readonly PointPair[], { estimator, tolerancePx }: RobustSettings): Homography | null {
  const limit = tolerancePx ** 2;
  const loss = (squared: number) => (estimator === 'ransac' ? Number(squared > limit) : Math.min(squared / limit, 1));
  const best = bestHypothesis(sampledSimilarities(pairs), (similarity) => {
    const squared = pairs.map((pair) => similarityResidual(similarity, pair) ** 2);
    if (estimator === 'lmeds') return -median(squared);
    return -pairs.reduce((sum, { weight }, n) => sum + weight * loss(squared[n] ?? 0), 0);
  });
  return best === null ? null : toHomography(toAffine(best));
}

function* sampledSimilarities(pairs: readonly PointPair[]): Generator<Similarity> {
  let sampled = 0;
  for (const { x, y } of quasiRandomPoints()) {
    if (sampled++ === SAMPLES) return;
    const [a, b] = [pairs[Math.floor(x * pairs.length)], pairs[Math.floor(y * pairs.length)]];
    if (a === undefined || b === undefined) continue;
    const { scale, angle } = relation(a, b);
    if (scale > 0 && Number.isFinite(scale)) yield through(a, b, scale * Math.cos(angle), scale * Math.sin(angle));
  }
}

/** A match of one point; see `Match`. */
export interface Correspondence extends PointPair {
  /** Target pixels per source pixel that the match itself implies. */
  scale: number;
}

export interface Fit {
  transform: Affine;
  inliers: readonly Correspondence[];
  /** Median residual of the inliers, in target pixels. */
  residualPx: number;
}

/** Hypotheses whose scale differs by a greater factor from the scale of the matches are ignored. */
const MAX_SCALE_FACTOR = 1.5;

/** Interface layers are rarely rotated: a smaller angle is noise. */
const UPRIGHT_RADIANS = (5 * Math.PI) / 180;

/** A rotated similarity replaces an upright one if its inliers have this many times the weight. */
const ROTATED_ADVANTAGE = 1.2;

/**
 * The similarity with the heaviest inliers, refined on them. Every pair of correspondences is a hypothesis, with and without
 * its rotation (RANSAC without sampling; Fischler and Bolles, 1981).
 * @param tolerancePx the greatest residual of an inlier, in target pixels
 * @returns null without correspondences
 */
export function fitSimilarity(correspondences: readonly Correspondence[], tolerancePx: number): Fit | null {
  const inliersOf = (similarity: Similarity) =>
    correspondences.filter((c) => similarityResidual(similarity, c) <= tolerancePx);
  const inlierWeight = (similarity: Similarity | null) =>
    similarity === null ? 0 : inliersOf(similarity).reduce((sum, { weight }) => sum + weight, 0);
  const upright = bestHypothesis(uprightHypotheses(correspondences), inlierWeight);
  const rotated = bestHypothesis(rotatedHypotheses(correspondences), inlierWeight);
  const isRotated = inlierWeight(rotated) > inlierWeight(upright) * ROTATED_ADVANTAGE;
  const chosen = isRotated ? rotated : upright;
  return chosen === null ? null : refine(chosen, inliersOf(chosen), tolerancePx);
}

/** From each correspondence with the common scale, and from each pair with its own. */
function* uprightHypotheses(correspondences: readonly Correspondence[]): Generator<Similarity> {
  const common = median(correspondences.map(({ scale }) => scale));
  for (const c of correspondences) yield similarityAt(c, common, 0);
  for (const { a, b, scale } of pairsOf(correspondences, common)) yield through(a, b, scale, 0);
}

function* rotatedHypotheses(correspondences: readonly Correspondence[]): Generator<Similarity> {
  const common = median(correspondences.map(({ scale }) => scale));
  for (const { a, b, scale, angle } of pairsOf(correspondences, common)) {
    if (Math.abs(angle) > UPRIGHT_RADIANS) yield through(a, b, scale * Math.cos(angle), scale * Math.sin(angle));
  }
}

function* pairsOf(correspondences: readonly Correspondence[], common: number) {
  for (const [i, a] of correspondences.entries()) {
    for (const b of correspondences.slice(i + 1)) {
      const { scale, angle } = relation(a, b);
      const factor = Math.max(scale / common, common / scale);
      if (factor <= MAX_SCALE_FACTOR) yield { a, b, scale, angle };
    }
  }
}

function refine(similarity: Similarity, inliers: readonly Correspondence[], tolerancePx: number): Fit {
  const refined = leastSquaresSimilarity(inliers, similarity.sin === 0) ?? similarity;
  // inliers close together hardly constrain the scale
  const plausible =
    isSameScale(refined, similarity) && inliers.every((c) => similarityResidual(refined, c) <= 2 * tolerancePx);
  const chosen = plausible ? refined : similarity;
  const residualPx = median(inliers.map((c) => similarityResidual(chosen, c)));
  return { transform: toAffine(chosen), inliers, residualPx };
}

/** Is the ratio of both scales, along the same direction, within `MAX_SCALE_FACTOR`? */
function isSameScale(a: Similarity, b: Similarity): boolean {
  const ratio = (a.cos * b.cos + a.sin * b.sin) / (b.cos ** 2 + b.sin ** 2);
  return Math.max(ratio, 1 / ratio) <= MAX_SCALE_FACTOR && ratio > 0;
}

/** The first hypothesis with the highest score; null without any. */
function bestHypothesis<T>(hypotheses: Iterable<T>, score: (hypothesis: T) => number): T | null {
  let best: { hypothesis: T; score: number } | null = null;
  for (const hypothesis of hypotheses) {
    const found = score(hypothesis);
    if (best === null || found > best.score) best = { hypothesis, score: found };
  }
  return best?.hypothesis ?? null;
}

/** Scale and rotation of the vector from one pair to another. */
function relation(a: PointPair, b: PointPair): { scale: number; angle: number } {
  const from = { x: b.source.x - a.source.x, y: b.source.y - a.source.y };
  const to = { x: b.target.x - a.target.x, y: b.target.y - a.target.y };
  const scale = Math.hypot(to.x, to.y) / Math.hypot(from.x, from.y);
  return { scale, angle: Math.atan2(from.x * to.y - from.y * to.x, from.x * to.x + from.y * to.y) };
}

/** With that scale and rotation, half way between the shifts of both pairs. */
function through(a: PointPair, b: PointPair, cos: number, sin: number): Similarity {
  const [one, two] = [similarityAt(a, cos, sin), similarityAt(b, cos, sin)];
  return { cos, sin, tx: (one.tx + two.tx) / 2, ty: (one.ty + two.ty) / 2 };
}

function similarityResidual({ cos, sin, tx, ty }: Similarity, { source, target }: PointPair): number {
  return Math.hypot(cos * source.x - sin * source.y + tx - target.x, sin * source.x + cos * source.y + ty - target.y);
}

function toAffine({ cos, sin, tx, ty }: Similarity): Affine {
  return { a: cos, b: sin, c: -sin, d: cos, e: tx, f: ty };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}
