import type { TransformChoice } from '@samepoint/shared-protocol';
import { type PointPair, TRANSFORM_KINDS, type TransformKind } from './least-squares.js';
import {
  type FitOutcome,
  fitTransform,
  type RobustSettings,
  type RobustTransform,
  residual,
} from './robust-estimator.js';

/** A freer transform is looked at only with so many times the matches that fix one. */
const SUPPORT_FACTOR = 2;

/** Standard deviation of good matches, as part of the tolerance: less is not believed. */
const LEAST_NOISE = 0.2;

/** Median of the distance from the mean, in standard deviations, of noise in two dimensions. */
const RAYLEIGH_MEDIAN = 1.1774;

/** Neighbours share their errors: more matches than this say no more about the kind of a transform. */
const INDEPENDENT_MATCHES = 50;

/** Squared distances beyond so many variances count no more. */
const OUTLIER_VARIANCES = 4;

/** The transform of the kind that is asked for; with `auto` the simplest that explains the matches. */
export async function selectTransform(
  choice: TransformChoice,
  pairs: readonly PointPair[],
  settings: RobustSettings,
): Promise<FitOutcome> {
  if (choice !== 'auto') return fitTransform(choice, pairs, settings);
  const stiffest = await fitTransform('similarity', pairs, settings);
  const fits = stiffest.ok ? [stiffest.fit] : [];
  for (const kind of ['affine', 'homography'] as const) {
    const outcome = hasSupport(kind, pairs) ? await fitTransform(kind, pairs, settings) : null;
    if (outcome?.ok) fits.push(outcome.fit);
  }
  const fit = simplest(fits, pairs, settings.tolerancePx);
  return fit === null ? stiffest : { ok: true, fit };
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
  const deviationPx = Math.max(noise, LEAST_NOISE * tolerancePx);
  const scored = fits.map((fit) => ({ fit, score: gric(fit, pairs, deviationPx) }));
  const [first] = scored.sort((a, b) => a.score - b.score);
  return first?.fit ?? null;
}

/** Geometric robust information criterion (Torr, 1998), as far as it differs between the kinds; the least is best. */
function gric({ kind, transform }: RobustTransform, pairs: readonly PointPair[], deviationPx: number): number {
  const misfit = pairs.reduce(
    (sum, pair) => sum + Math.min((residual(transform, pair) / deviationPx) ** 2, OUTLIER_VARIANCES),
    0,
  );
  const independent = Math.min(pairs.length, INDEPENDENT_MATCHES);
  return (misfit * independent) / pairs.length + Math.log(4 * independent) * TRANSFORM_KINDS[kind].parameters;
}
