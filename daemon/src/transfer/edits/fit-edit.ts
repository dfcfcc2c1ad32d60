import type {
  Box,
  Estimator,
  FittedTransform,
  Homography,
  RefusalCause,
  TransformChoice,
} from '@samepoint/shared-protocol';
import type { Size } from '../../images/resize.js';
import { acceptFit, MIN_FIT_CONFIDENCE, type RegionFit } from '../transforms/fit-region.js';
import type { PointPair } from '../transforms/least-squares.js';
import { median, type RobustTransform, residual } from '../transforms/robust-estimator.js';
import { selectTransform } from '../transforms/select-transform.js';
import { rejectionReason } from '../transforms/transform-plausibility.js';

/** How an edit is placed, and when it is rejected; measured by `npm run bench -- warp`. */
export const EDIT_FIT = {
  /** The greatest residual of an inlier, as part of the target's longer side (Tang et al., 2023: 5 of 768 pixels). */
  tolerance: 5 / 768,
  /** With `auto`, an edit below this part of the source's longer side gets a similarity from the matches near it. */
  small: 0.2,
  /** Weight of a match around the edit, relative to one in it. */
  nearWeight: 0.5,
  /** The least support of a transform, relative to the best supported one. */
  minSupport: 0.6,
  /** The least number of inliers in and around the edit. */
  minInliers: 8,
  /** The least part of the weight of those matches that inliers have. */
  minInlierShare: 0.4,
  /** The same for matches all over the image, by number. */
  wide: { minInliers: 16, minInlierShare: 0.2 },
  /** The least part of the edit inside the target. */
  minVisible: 0.5,
} as const;

/** The matches that place an edit. */
export interface EditMatches {
  /** Of points in the edit. */
  own: readonly PointPair[];
  /** Of points around it. */
  near: readonly PointPair[];
  /** Of points all over the image. */
  wide: readonly PointPair[];
  /** How many points in and around the edit were matched. */
  samples: { own: number; near: number };
}

export interface EditChoice {
  transform: TransformChoice;
  estimator: Estimator;
}

/**
 * Fits one transform to an edit. Errors of matches in a small edit are correlated, so matches around it and all over the image
 * stabilise it. Of three fits, to wide, local and own matches, chooses the widest whose support in and around the edit is
 * close to the best.
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
  if (local.length < EDIT_FIT.minInliers) return rejected(`Only ${found} were found in the target.`, 'too-few-matches');
  const tolerancePx = EDIT_FIT.tolerance * Math.max(target.width, target.height);
  const isSmall = Math.max(box.w, box.h) < EDIT_FIT.small * Math.max(source.width, source.height);
  const localKind = choice.transform === 'auto' && isSmall ? 'similarity' : choice.transform;
  const settings = { estimator: choice.estimator, tolerancePx };
  const wide = await selectTransform(choice.transform, matches.wide, settings);
  const ofLocal = await selectTransform(localKind, local, settings);
  const fits = [
    wide.ok && hasWideBase(wide.fit, matches.wide) ? wide : null,
    ofLocal,
    await selectTransform(localKind, matches.own, settings),
  ].flatMap((outcome) => (outcome?.ok ? [outcome.fit] : []));
  if (fits.length === 0 && !ofLocal.ok)
    return rejected(`${found} were found in the target, but no transform fits them.`, ofLocal.cause);
  const rejections = fits.map(({ transform }) => rejectionReason(transform, box, source, target, EDIT_FIT.minVisible));
  const plausible = fits.filter((_, n) => rejections[n] === null);
  const chosen = widestSupported(plausible, local, tolerancePx);
  const [rejection] = rejections;
  if (chosen === undefined)
    return rejected(
      `${found} were found in the target, but ${rejection?.reason}.`,
      rejection?.cause ?? 'implausible-transform',
    );
  return assess(chosen, local, matches.samples, tolerancePx);
}

function hasWideBase({ inliers }: RobustTransform, pairs: readonly PointPair[]): boolean {
  const { minInliers, minInlierShare } = EDIT_FIT.wide;
  return inliers.length >= minInliers && inliers.length >= minInlierShare * pairs.length;
}

/** @param fits from the widest set of matches to the narrowest */
function widestSupported(
  fits: readonly RobustTransform[],
  local: readonly PointPair[],
  tolerancePx: number,
): RobustTransform | undefined {
  const supports = fits.map(({ transform }) => supportOf(transform, local, tolerancePx));
  const needed = EDIT_FIT.minSupport * Math.max(...supports);
  return fits.find((_, n) => (supports[n] ?? 0) >= needed);
}

/** The weight of the inliers, decreasing with their squared residual: the negative MSAC cost (Torr and Zisserman, 2000). */
function supportOf(transform: Homography, pairs: readonly PointPair[], tolerancePx: number): number {
  return pairs.reduce(
    (sum, pair) => sum + pair.weight * Math.max(0, 1 - (residual(transform, pair) / tolerancePx) ** 2),
    0,
  );
}

function assess(
  { kind, transform }: RobustTransform,
  local: readonly PointPair[],
  samples: EditMatches['samples'],
  tolerancePx: number,
): RegionFit {
  const inliers = local.filter((pair) => residual(transform, pair) <= tolerancePx);
  const weightOf = (pairs: readonly PointPair[]) => pairs.reduce((sum, { weight }) => sum + weight, 0);
  const fit: FittedTransform = {
    kind,
    transform,
    inliers: inliers.length,
    samples: samples.own + samples.near,
    residualPx: median(inliers.map((pair) => residual(transform, pair))),
    confidence: Math.min(1, weightOf(inliers) / (samples.own + EDIT_FIT.nearWeight * samples.near)),
  };
  const agreeing = `${inliers.length} of the ${local.length} points that were found`;
  if (inliers.length < EDIT_FIT.minInliers || weightOf(inliers) < EDIT_FIT.minInlierShare * weightOf(local))
    return rejected(`Only ${agreeing} agree on one transform.`, 'no-agreement', fit);
  return acceptFit(fit, agreeing, MIN_FIT_CONFIDENCE.edit);
}

function rejected(reason: string, cause: RefusalCause, fit?: FittedTransform): RegionFit {
  return { ok: false, reason, cause, ...(fit === undefined ? {} : { fit }) };
}
