import type { FittedTransform } from '@samepoint/shared-protocol';
import type { Size } from '../../images/resize.js';
import { fitRegion, type RegionSettings } from '../transforms/fit-region.js';
import { pointsAllOver } from './edit-region.js';
import { fitOfSame } from './same-picture.js';
import type { FitChoice, RegionMatches } from './warp-edit.js';

/**
 * Alignment of two whole images; one may be a small part of the other, and much of both may be empty. Images that show
 * different things agree on up to a sixth of what they seem to share.
 */
const ALIGNMENT = {
  points: 600,
  fit: {
    transform: 'auto',
    estimator: 'magsac',
    tolerance: 5 / 768,
    minConfidence: 0.1,
    minInliers: 16,
    minInlierShare: 0.2,
    minVisible: 0.1,
  } satisfies RegionSettings,
};

export type Alignment = { ok: true; fit: FittedTransform } | { ok: false; reason: string };

/** One transform that takes the source to the target, from matches spread over all of it, or why there is none. */
export async function alignImages(
  source: Size,
  target: Size,
  match: RegionMatches,
  { transform = ALIGNMENT.fit.transform, estimator = ALIGNMENT.fit.estimator }: FitChoice,
): Promise<Alignment> {
  const points = pointsAllOver(source, ALIGNMENT.points);
  const whole = { x: 0, y: 0, w: source.width, h: source.height };
  const settings = { ...ALIGNMENT.fit, transform, estimator };
  return fitRegion(whole, points, await match(points), source, target, settings);
}

/** The alignment of two images with the very same pixels. */
export function alignSame({ transform }: FitChoice): Extract<Alignment, { ok: true }> {
  return { ok: true, fit: fitOfSame(ALIGNMENT.points, transform) };
}
