import type { Box, Estimator, FittedTransform, Point, TransformChoice } from '@samepoint/shared-protocol';
import type { ExplainedMatch } from '../../correspond/match-points.js';
import type { Size } from '../../images/resize.js';
import type { PointPair } from './least-squares.js';
import type { Refusal } from './refusal.js';
import { selectTransform } from './select-transform.js';
import { rejectionReason } from './transform-plausibility.js';

/** A match with its test for cycle consistency. */
export type CheckedMatch = Omit<ExplainedMatch, 'confidenceFeatures'>;

/** How a transform of a region is fitted, and when it is accepted. */
export interface RegionSettings {
  transform: TransformChoice;
  estimator: Estimator;
  /** The greatest residual of an inlier, as part of the target's longer side. */
  tolerance: number;
  /** Matches with less confidence are ignored. */
  minConfidence: number;
  minInliers: number;
  /** The least part of the matches that are inliers. */
  minInlierShare: number;
  /** The least part of the region inside the target. */
  minVisible: number;
}

/** `reason` is a full sentence. */
export type RegionFit =
  | { ok: true; fit: FittedTransform }
  /** `fit` is the rejected transform, if there is one. */
  | ({ ok: false; fit?: FittedTransform } & Refusal);

/**
 * The least confidence of an accepted transform. Below that of an edit, transforms are wrong as often as right. A whole image
 * also has empty parts without matches: unrelated screens reach 0.02, a screen aligned to the pixel as little as 0.1.
 */
export const MIN_FIT_CONFIDENCE = { edit: 0.27, whole: 0.08 } as const;

/**
 * Fits one transform to the matches of points in a region of the source. Ignores matches that are not cycle-consistent.
 * Rejects a transform with few inliers, or an implausible one.
 * @param region bounding box of the points, in source pixels
 * @param matches of `points`, in their order
 */
export async function fitRegion(
  region: Box,
  points: readonly Point[],
  matches: readonly CheckedMatch[],
  source: Size,
  target: Size,
  settings: RegionSettings,
): Promise<RegionFit> {
  const trusted = trustedPairs(points, matches, settings.minConfidence);
  const found = `${trusted.length} of ${points.length} points`;
  if (trusted.length < settings.minInliers)
    return { ok: false, reason: `Only ${found} were found in the target.`, cause: 'too-few-matches' };
  const tolerancePx = settings.tolerance * Math.max(target.width, target.height);
  const outcome = await selectTransform(settings.transform, trusted, { estimator: settings.estimator, tolerancePx });
  if (!outcome.ok) return { ...outcome, reason: `${found} were found in the target, but ${outcome.reason}.` };
  const { kind, transform, inliers, residualPx } = outcome.fit;
  const agreeing = `${inliers.length} of the ${trusted.length} points that were found`;
  if (inliers.length < settings.minInliers || inliers.length < settings.minInlierShare * trusted.length)
    return { ok: false, reason: `Only ${agreeing} agree on one transform.`, cause: 'no-agreement' };
  const rejection = rejectionReason(transform, region, source, target, settings.minVisible);
  if (rejection !== null)
    return { ok: false, reason: `${agreeing} agree, but ${rejection.reason}.`, cause: rejection.cause };
  const weight = inliers.reduce((sum, n) => sum + (trusted[n]?.weight ?? 0), 0);
  const confidence = Math.min(1, weight / points.length);
  return acceptFit(
    { kind, transform, inliers: inliers.length, samples: points.length, residualPx, confidence },
    agreeing,
    MIN_FIT_CONFIDENCE.whole,
  );
}

/**
 * Accepts a fit if its confidence is high enough.
 * @param agreeing a noun phrase for its inliers, such as "31 of the 80 points that were found"
 * @param least the least confidence
 */
export function acceptFit(fit: FittedTransform, agreeing: string, least: number): RegionFit {
  if (fit.confidence >= least) return { ok: true, fit };
  const percent = (part: number) => `${Math.floor(100 * part)} %`;
  return {
    ok: false,
    reason: `${agreeing} agree on one transform, but its confidence is ${percent(fit.confidence)} and ${percent(least)} is required. Check that both images show the same content. If they share only a part, crop them to it.`,
    cause: 'low-confidence',
    fit,
  };
}

/** The cycle-consistent matches of at least `minConfidence`, weighted by their confidence. */
export function trustedPairs(
  points: readonly Point[],
  matches: readonly CheckedMatch[],
  minConfidence: number,
): PointPair[] {
  return points.flatMap((point, n) => {
    const match = matches[n];
    const isTrusted = match?.cycleConsistent && match.confidence >= minConfidence;
    return match !== undefined && isTrusted ? [{ source: point, target: match.point, weight: match.confidence }] : [];
  });
}
