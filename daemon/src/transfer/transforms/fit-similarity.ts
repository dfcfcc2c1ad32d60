import type { Affine, Point } from '@samepoint/shared-protocol';

/** A source point and where it was found; `weight` is the confidence of the match. */
export interface Correspondence {
  source: Point;
  target: Point;
  weight: number;
  /** Target pixels per source pixel that the match itself implies. */
  scale: number;
}

export interface Fit {
  transform: Affine;
  inliers: readonly Correspondence[];
  /** Median distance of the inliers from the fit, in target pixels. */
  residualPx: number;
}

/** Hypotheses whose scale differs by more than this factor from what the matches imply are not looked at. */
const MAX_SCALE_FACTOR = 1.5;

/** Interface layers are hardly ever turned: a smaller angle is noise. */
const UPRIGHT_RADIANS = (5 * Math.PI) / 180;

/** x' = scale·R(angle)·x + (tx,ty) as scale·cos, scale·sin. */
interface Similarity {
  cos: number;
  sin: number;
  tx: number;
  ty: number;
}

/**
 * Similarity transform that most of the correspondences agree with: every pair of them is a hypothesis, the one with
 * the heaviest inliers wins and is fitted again to them (RANSAC without the chance; Fischler and Bolles, 1981).
 * Small turns are taken for noise.
 * @param tolerancePx an inlier is this near, in target pixels
 * @returns null where nothing was given
 */
export function fitSimilarity(correspondences: readonly Correspondence[], tolerancePx: number): Fit | null {
  if (correspondences.length === 0) return null;
  const upright = best(uprightHypotheses(correspondences), correspondences, tolerancePx);
  const turned = best(turnedHypotheses(correspondences), correspondences, tolerancePx);
  const chosen = turned !== null && weigh(turned) > weigh(upright) * 1.2 ? turned : upright;
  return chosen === null ? null : finish(chosen, tolerancePx);
}

interface Consensus {
  similarity: Similarity;
  inliers: Correspondence[];
}

function best(
  hypotheses: Iterable<Similarity>,
  correspondences: readonly Correspondence[],
  tolerancePx: number,
): Consensus | null {
  let winner: Consensus | null = null;
  for (const similarity of hypotheses) {
    const inliers = correspondences.filter((c) => residual(similarity, c) <= tolerancePx);
    const candidate = { similarity, inliers };
    if (winner === null || weigh(candidate) > weigh(winner)) winner = candidate;
  }
  return winner;
}

function weigh(consensus: Consensus | null): number {
  return consensus?.inliers.reduce((sum, { weight }) => sum + weight, 0) ?? 0;
}

/** From each correspondence with the common scale, and from each pair with the scale between the two. */
function* uprightHypotheses(correspondences: readonly Correspondence[]): Generator<Similarity> {
  const common = median(correspondences.map(({ scale }) => scale));
  for (const c of correspondences) yield through(c, common, 0);
  for (const { a, b, scale } of pairs(correspondences, common)) yield between(a, b, scale, 0);
}

function* turnedHypotheses(correspondences: readonly Correspondence[]): Generator<Similarity> {
  const common = median(correspondences.map(({ scale }) => scale));
  for (const { a, b, scale, angle } of pairs(correspondences, common)) {
    if (Math.abs(angle) > UPRIGHT_RADIANS) yield between(a, b, scale * Math.cos(angle), scale * Math.sin(angle));
  }
}

function* pairs(correspondences: readonly Correspondence[], common: number) {
  for (const [i, a] of correspondences.entries()) {
    for (const b of correspondences.slice(i + 1)) {
      const from = { x: b.source.x - a.source.x, y: b.source.y - a.source.y };
      const to = { x: b.target.x - a.target.x, y: b.target.y - a.target.y };
      const scale = Math.hypot(to.x, to.y) / Math.hypot(from.x, from.y);
      const factor = Math.max(scale / common, common / scale);
      if (!(factor <= MAX_SCALE_FACTOR)) continue;
      const angle = Math.atan2(from.x * to.y - from.y * to.x, from.x * to.x + from.y * to.y);
      yield { a, b, scale, angle };
    }
  }
}

function through({ source, target }: Correspondence, cos: number, sin: number): Similarity {
  return { cos, sin, tx: target.x - cos * source.x + sin * source.y, ty: target.y - sin * source.x - cos * source.y };
}

function between(a: Correspondence, b: Correspondence, cos: number, sin: number): Similarity {
  const one = through(a, cos, sin);
  const two = through(b, cos, sin);
  return { cos, sin, tx: (one.tx + two.tx) / 2, ty: (one.ty + two.ty) / 2 };
}

function finish({ similarity, inliers }: Consensus, tolerancePx: number): Fit {
  const refitted = leastSquares(inliers, similarity);
  // inliers close together say little about the scale, and may pull it anywhere
  const plausible = sameScale(refitted, similarity) && inliers.every((c) => residual(refitted, c) <= 2 * tolerancePx);
  const chosen = plausible ? refitted : similarity;
  const { cos, sin, tx, ty } = chosen;
  return {
    transform: { a: cos, b: sin, c: -sin, d: cos, e: tx, f: ty },
    inliers,
    residualPx: median(inliers.map((c) => residual(chosen, c))),
  };
}

/** Is the ratio of the two scales, along the same direction, within `MAX_SCALE_FACTOR`? */
function sameScale(a: Similarity, b: Similarity): boolean {
  const ratio = (a.cos * b.cos + a.sin * b.sin) / (b.cos ** 2 + b.sin ** 2);
  return Math.max(ratio, 1 / ratio) <= MAX_SCALE_FACTOR && ratio > 0;
}

/** Weighted least squares (Umeyama, 1991, in the plane); an upright similarity stays upright. */
function leastSquares(inliers: readonly Correspondence[], start: Similarity): Similarity {
  const total = inliers.reduce((sum, { weight }) => sum + weight, 0);
  const mean = (pick: (c: Correspondence) => number) => inliers.reduce((sum, c) => sum + c.weight * pick(c), 0) / total;
  const source = { x: mean((c) => c.source.x), y: mean((c) => c.source.y) };
  const target = { x: mean((c) => c.target.x), y: mean((c) => c.target.y) };
  const dot = (p: Point, q: Point) => p.x * q.x + p.y * q.y;
  const from = (c: Correspondence) => ({ x: c.source.x - source.x, y: c.source.y - source.y });
  const to = (c: Correspondence) => ({ x: c.target.x - target.x, y: c.target.y - target.y });
  const spread = mean((c) => dot(from(c), from(c)));
  if (!(spread > 0)) return start;
  const cos = mean((c) => dot(from(c), to(c))) / spread;
  const sin = start.sin === 0 ? 0 : mean((c) => from(c).x * to(c).y - from(c).y * to(c).x) / spread;
  return through({ source, target, weight: 1, scale: 1 }, cos, sin);
}

function residual({ cos, sin, tx, ty }: Similarity, { source, target }: Correspondence): number {
  return Math.hypot(cos * source.x - sin * source.y + tx - target.x, sin * source.x + cos * source.y + ty - target.y);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}
