import type { Box, Estimator, FittedTransform, Point, TransformChoice } from '@samepoint/shared-protocol';
import type { ExplainedMatch } from '../../correspond/match-points.js';
import type { Size } from '../../images/resize.js';
import type { PointPair } from './least-squares.js';
import { selectTransform } from './select-transform.js';
import { rejectionReason } from './transform-plausibility.js';

/** A match with the outcome of its backward check. */
export type CheckedMatch = Omit<ExplainedMatch, 'confidenceFeatures'>;

/** How a transform of a region is found, and when it is believed. */
export interface RegionSettings {
  transform: TransformChoice;
  estimator: Estimator;
  /** An inlier is this near, as part of the target's longer side. */
  tolerance: number;
  /** Matches with less confidence have no say. */
  minConfidence: number;
  /** Matches that have to agree. */
  minInliers: number;
  /** Part of the matches with a say that has to agree. */
  minInlierShare: number;
  /** Part of the region that has to land inside the target. */
  minVisible: number;
}

/** `reason` is a sentence for people. */
export type RegionFit =
  | { ok: true; fit: FittedTransform }
  /** `fit` is the transform that was not believed, where there is one. */
  | { ok: false; reason: string; fit?: FittedTransform };

/**
 * A transform with less confidence than this is refused; below that of an edit, it was as often wrong as right. A whole image has empty parts that no match can speak for: of screens that
 * show other things at most 0.02 was seen, and 0.1 of one that was aligned to a pixel.
 */
export const MIN_FIT_CONFIDENCE = { edit: 0.27, whole: 0.08 } as const;

/**
 * One transform for a region of the source from the matches of points in it. Matches whose backward match does not
 * return have no say, and a transform that few agree with or that does what no view of the same thing does is refused.
 * @param region box around the points, in source pixels
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
  if (trusted.length < settings.minInliers) return { ok: false, reason: `Only ${found} were found in the target.` };
  const tolerancePx = settings.tolerance * Math.max(target.width, target.height);
  const outcome = await selectTransform(settings.transform, trusted, { estimator: settings.estimator, tolerancePx });
  if (!outcome.ok) return { ok: false, reason: `${found} were found in the target, but ${outcome.reason}.` };
  const { kind, transform, inliers, residualPx } = outcome.fit;
  const agreeing = `${inliers.length} of the ${trusted.length} points that were found`;
  if (inliers.length < settings.minInliers || inliers.length < settings.minInlierShare * trusted.length)
    return { ok: false, reason: `Only ${agreeing} agree on one transform.` };
  const flaw = rejectionReason(transform, region, source, target, settings.minVisible);
  if (flaw !== null) return { ok: false, reason: `${agreeing} agree, but ${flaw}.` };
  const weight = inliers.reduce((sum, n) => sum + (trusted[n]?.weight ?? 0), 0);
  const confidence = Math.min(1, weight / points.length);
  return unlessUnsure(
    { kind, transform, inliers: inliers.length, samples: points.length, residualPx, confidence },
    agreeing,
    MIN_FIT_CONFIDENCE.whole,
  );
}

/**
 * The fit, or its refusal where its confidence is too low.
 * @param agreeing the matches behind it, such as "31 of the 80 points that were found"
 * @param least confidence that is enough
 */
export function unlessUnsure(fit: FittedTransform, agreeing: string, least: number): RegionFit {
  if (fit.confidence >= least) return { ok: true, fit };
  const percent = (part: number) => `${Math.floor(100 * part)} %`;
  return {
    ok: false,
    reason: `${agreeing} agree on one transform, but they are too few or too unsure: the confidence is ${percent(fit.confidence)}, and ${percent(least)} is needed. Check that both images show the same; where they share only a part, crop them to it.`,
    fit,
  };
}

/** The points whose backward match returns and whose confidence is not less than `minConfidence`, weighted by it. */
export function trustedPairs(
  points: readonly Point[],
  matches: readonly CheckedMatch[],
  minConfidence: number,
): PointPair[] {
  return points.flatMap((point, n) => {
    const match = matches[n];
    const trust = match?.cycleConsistent && match.confidence >= minConfidence;
    return match !== undefined && trust ? [{ source: point, target: match.point, weight: match.confidence }] : [];
  });
}
