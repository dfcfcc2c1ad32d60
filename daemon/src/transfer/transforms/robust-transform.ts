import type { Estimator, Homography } from '@samepoint/shared-protocol';
import { median } from './fit-similarity.js';
import { estimateByOpenCv } from './opencv-estimate.js';
import { project } from './projective.js';
import { type PointPair, refineTransform, TRANSFORM_KINDS, type TransformKind } from './refine-transform.js';
import { sampleSimilarity } from './sampled-similarity.js';

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
