import type { Box, Homography, Point } from '@samepoint/shared-protocol';
import type { Size } from '../../images/resize.js';
import { gridPoints } from './boxes.js';
import { project, stretchAt } from './projective.js';
import type { Refusal } from './refusal.js';

/** Limits of a plausible transform of a region. */
const LIMITS = {
  /** Scale relative to the ratio of the image sizes. */
  stretch: 6,
  /** Ratio of the greatest to the least stretch at one point. */
  squeeze: 3,
  /** Ratio of the greatest to the least scale over the region. */
  perspective: 4,
} as const;

/** Grid points per side at which a region is tested. */
const GRID = 9;

/**
 * Why a transform is rejected; null if it is plausible. The reason completes a sentence after "because".
 * @param region of the source, in pixels
 * @param minVisible the least part of the region inside the target
 */
export function rejectionReason(
  transform: Homography,
  region: Box,
  source: Size,
  target: Size,
  minVisible: number,
): Refusal | null {
  const inner = gridPoints(region, GRID);
  const corners = [0, 1, 2, 3].map((n) => ({ x: region.x + (n % 2) * region.w, y: region.y + (n >> 1) * region.h }));
  const points = [...inner, ...corners];
  if (crossesHorizon(transform, points))
    return implausible('the perspective that fits the matches has its horizon in it');
  const stretches = points.map((point) => stretchAt(transform, point));
  if (stretches.some(({ reflected }) => reflected))
    return implausible('the transform that fits the matches mirrors it');
  const least = Math.min(...stretches.map((stretch) => stretch.least));
  const most = Math.max(...stretches.map((stretch) => stretch.most));
  const usual = Math.max(target.width, target.height) / Math.max(source.width, source.height);
  if (most > LIMITS.stretch * Math.max(usual, 1) || least < Math.min(usual, 1) / LIMITS.stretch)
    return implausible(
      `the transform that fits the matches scales it by ${least.toPrecision(2)} to ${most.toPrecision(2)}`,
    );
  const squeezed = stretches.some((stretch) => stretch.most > LIMITS.squeeze * stretch.least);
  if (squeezed) return implausible('the transform that fits the matches squeezes it flat');
  const areas = stretches.map((stretch) => Math.sqrt(stretch.least * stretch.most));
  if (Math.max(...areas) > LIMITS.perspective * Math.min(...areas))
    return implausible('the perspective that fits the matches is too steep');
  const visible = inner.filter((point) => isInside(project(transform, point), target)).length / inner.length;
  if (visible >= minVisible) return null;
  const reason = `${visible === 0 ? 'all' : 'most'} of it would lie outside the target`;
  return { reason, cause: 'outside-target' };
}

function implausible(reason: string): Refusal {
  return { reason, cause: 'implausible-transform' };
}

function crossesHorizon(h: Homography, points: readonly Point[]): boolean {
  const sides = points.map(({ x, y }) => Math.sign(h[6] * x + h[7] * y + h[8]));
  return sides.some((side) => side === 0 || side !== sides[0]);
}

function isInside({ x, y }: Point, { width, height }: Size): boolean {
  return x >= 0 && y >= 0 && x <= width && y <= height;
}
