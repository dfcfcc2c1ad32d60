import type { Box, Estimator, FittedTransform, Homography, TransformChoice } from '@samepoint/shared-protocol';
import type { Size } from '../../images/resize.js';
import { MIN_FIT_CONFIDENCE, type RegionFit, unlessUnsure } from '../transforms/fit-region.js';
import type { PointPair } from '../transforms/least-squares.js';
import { median, type RobustTransform, residual } from '../transforms/robust-estimator.js';
import { selectTransform } from '../transforms/select-transform.js';
import { rejectionReason } from '../transforms/transform-plausibility.js';

/** How an edit is placed, and when it is rather refused; measured by `npm run bench -- warp`. */
export const EDIT_FIT = {
  /** An inlier is this near, as part of the target's longer side (Tang et al., 2023: 5 pixels of 768). */
  tolerance: 5 / 768,
  /** An edit smaller than this part of the source's longer side is only shifted, turned and scaled by matches near it. */
  small: 0.2,
  /** A point of the surroundings says so much of what a point of the edit says. */
  nearWeight: 0.5,
  /** Of the best support that any transform has in and around the edit, one from further away needs so much. */
  minSupport: 0.6,
  /** Matches in and around the edit that have to be found, and to agree. */
  minInliers: 8,
  /** Part of the weight of those matches that has to agree. */
  minInlierShare: 0.4,
  /** The same of the matches all over the image, and how many they have to be. */
  wide: { minInliers: 16, minInlierShare: 0.2 },
  /** Part of the edit that has to land inside the target. */
  minVisible: 0.5,
} as const;

/** Matches that may place an edit. */
export interface EditMatches {
  /** Of points in the edit. */
  own: readonly PointPair[];
  /** Of points around it. */
  near: readonly PointPair[];
  /** Of points all over the image. */
  wide: readonly PointPair[];
  /** How many points in and around the edit were looked for. */
  samples: { own: number; near: number };
}

export interface EditChoice {
  transform: TransformChoice;
  estimator: Estimator;
}

/**
 * One transform for an edit. Matches under a small edit share their errors, so those around it, and where the whole image
 * moved as one those all over it, hold the transform: of three fits the one with the widest base is taken that the matches
 * in and around the edit support nearly as well as the one they support best.
 */
export async function fitEdit(
  matches: EditMatches,
  box: Box,
  source: Size,
  target: Size,
  choice: EditChoice,
): Promise<RegionFit> {
  const local = [
    ...matches.own,
    ...matches.near.map((pair) => ({ ...pair, weight: EDIT_FIT.nearWeight * pair.weight })),
  ];
  const samples = matches.samples.own + matches.samples.near;
  const found = `${local.length} of ${samples} points in and around the edit`;
  if (local.length < EDIT_FIT.minInliers) return refused(`Only ${found} were found in the target.`);
  const tolerancePx = EDIT_FIT.tolerance * Math.max(target.width, target.height);
  const isSmall = Math.max(box.w, box.h) < EDIT_FIT.small * Math.max(source.width, source.height);
  const localKind = choice.transform === 'auto' && isSmall ? 'similarity' : choice.transform;
  const settings = { estimator: choice.estimator, tolerancePx };
  const wide = await selectTransform(choice.transform, matches.wide, settings);
  const fits = [
    wide.ok && hasWideBase(wide.fit, matches.wide) ? wide : null,
    await selectTransform(localKind, local, settings),
    await selectTransform(localKind, matches.own, settings),
  ].flatMap((outcome) => (outcome?.ok ? [outcome.fit] : []));
  if (fits.length === 0) return refused(`${found} were found in the target, but no transform fits them.`);
  const flaws = fits.map(({ transform }) => rejectionReason(transform, box, source, target, EDIT_FIT.minVisible));
  const sound = fits.filter((_, n) => flaws[n] === null);
  const chosen = widestSupported(sound, local, tolerancePx);
  if (chosen === undefined) return refused(`${found} were found in the target, but ${flaws[0]}.`);
  return judge(chosen, local, matches.samples, tolerancePx);
}

function hasWideBase({ inliers }: RobustTransform, pairs: readonly PointPair[]): boolean {
  const { minInliers, minInlierShare } = EDIT_FIT.wide;
  return inliers.length >= minInliers && inliers.length >= minInlierShare * pairs.length;
}

/** @param fits from the widest base to the narrowest */
function widestSupported(
  fits: readonly RobustTransform[],
  local: readonly PointPair[],
  tolerancePx: number,
): RobustTransform | undefined {
  const supports = fits.map(({ transform }) => supportOf(transform, local, tolerancePx));
  const needed = EDIT_FIT.minSupport * Math.max(...supports);
  return fits.find((_, n) => (supports[n] ?? 0) >= needed);
}

/** Weight of the matches that agree, the less the further they are off (Torr and Zisserman, 2000). */
function supportOf(transform: Homography, pairs: readonly PointPair[], tolerancePx: number): number {
  return pairs.reduce(
    (sum, pair) => sum + pair.weight * Math.max(0, 1 - (residual(transform, pair) / tolerancePx) ** 2),
    0,
  );
}

function judge(
  { kind, transform }: RobustTransform,
  local: readonly PointPair[],
  samples: EditMatches['samples'],
  tolerancePx: number,
): RegionFit {
  const inliers = local.filter((pair) => residual(transform, pair) <= tolerancePx);
  const weigh = (pairs: readonly PointPair[]) => pairs.reduce((sum, { weight }) => sum + weight, 0);
  const fit: FittedTransform = {
    kind,
    transform,
    inliers: inliers.length,
    samples: samples.own + samples.near,
    residualPx: median(inliers.map((pair) => residual(transform, pair))),
    confidence: Math.min(1, weigh(inliers) / (samples.own + EDIT_FIT.nearWeight * samples.near)),
  };
  const agreeing = `${inliers.length} of the ${local.length} points that were found`;
  if (inliers.length < EDIT_FIT.minInliers || weigh(inliers) < EDIT_FIT.minInlierShare * weigh(local))
    return refused(`Only ${agreeing} agree on one transform.`, fit);
  return unlessUnsure(fit, agreeing, MIN_FIT_CONFIDENCE.edit);
}

function refused(reason: string, fit?: FittedTransform): RegionFit {
  return { ok: false, reason, ...(fit === undefined ? {} : { fit }) };
}
