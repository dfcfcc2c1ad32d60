import type { TransformChoice } from '@samepoint/shared-protocol';
import { type PointPair, TRANSFORM_KINDS, type TransformKind } from './least-squares.js';
import {
  type FitOutcome,
  fitTransform,
  type RobustSettings,
  type RobustTransform,
  residual,
} from './robust-estimator.js';

/** A kind with more freedom needs this many times its minimum of matches. */
const SUPPORT_FACTOR = 2;

/** Lower bound for the standard deviation of inliers, as part of the tolerance. */
const MIN_DEVIATION = 0.2;

/** Median of a Rayleigh distribution in standard deviations: the median residual of 2D Gaussian noise. */
const RAYLEIGH_MEDIAN = 1.1774;

/** Errors of neighbours are correlated, so at most this many matches count as independent. */
const INDEPENDENT_MATCHES = 50;

/** Squared residuals are truncated at this many variances. */
const OUTLIER_VARIANCES = 4;

/** Fits the requested kind of transform; with `auto`, the simplest kind that explains the matches. */
export async function selectTransform(
  choice: TransformChoice,
  pairs: readonly PointPair[],
  settings: RobustSettings,
): Promise<FitOutcome> {
  if (choice !== 'auto') return fitTransform(choice, pairs, settings);
  const similarity = await fitTransform('similarity', pairs, settings);
  const fits = similarity.ok ? [similarity.fit] : [];
  for (const kind of ['affine', 'homography'] as const) {
    const outcome = hasSupport(kind, pairs) ? await fitTransform(kind, pairs, settings) : null;
    if (outcome?.ok) fits.push(outcome.fit);
  }
  const fit = simplest(fits, pairs, settings.tolerancePx);
  return fit === null ? similarity : { ok: true, fit };
}

function hasSupport(kind: TransformKind, pairs: readonly PointPair[]): boolean {
  return pairs.length >= SUPPORT_FACTOR * TRANSFORM_KINDS[kind].minPairs;
}

function simplest(
  fits: readonly RobustTransform[],
  pairs: readonly PointPair[],
  tolerancePx: number,
): RobustTransform | null {
  const noise = Math.min(...fits.map(({ residualPx }) => residualPx / RAYLEIGH_MEDIAN));
  const deviationPx = Math.max(noise, MIN_DEVIATION * tolerancePx);
  const scored = fits.map((fit) => ({ fit, score: gric(fit, pairs, deviationPx) }));
  const [first] = scored.sort((a, b) => a.score - b.score);
  return first?.fit ?? null;
}

/** Geometric robust information criterion (Torr, 1998), without terms that all kinds share. Lower is better. */
function gric({ kind, transform }: RobustTransform, pairs: readonly PointPair[], deviationPx: number): number {
  const error = pairs.reduce(
    (sum, pair) => sum + Math.min((residual(transform, pair) / deviationPx) ** 2, OUTLIER_VARIANCES),
    0,
  );
  const independent = Math.min(pairs.length, INDEPENDENT_MATCHES);
  return (error * independent) / pairs.length + Math.log(4 * independent) * TRANSFORM_KINDS[kind].parameters;
}
