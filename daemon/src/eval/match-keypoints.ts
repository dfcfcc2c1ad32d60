import type { Point } from '@samepoint/shared-protocol';
import { matchPoints } from '../correspond/match-points.js';
import { type Descriptors, mutualNearest } from '../correspond/mutual-nearest.js';
import { sampleUnscaled, unscaledFeatures } from '../diffusion/feature-map.js';
import type { FeaturePyramid } from '../diffusion/feature-pyramid.js';
import type { EvalTools } from './dataset.js';

/** An image with keypoints; (0,0) is the middle of the first pixel. */
export interface KeypointImage {
  features: FeaturePyramid;
  keypoints: readonly Point[];
}

/** Two pixels that match. */
export interface PixelPair {
  source: Point;
  target: Point;
}

/** From the middle of the first pixel to its corner, where Samepoint's own matching has (0,0). */
const HALF_PIXEL = 0.5;

/**
 * Matches between two images of the same plane. The published protocol pairs the keypoints of both; Samepoint's own
 * matching finds those of the source anywhere in the target.
 */
export async function matchImages(
  tools: EvalTools,
  source: KeypointImage,
  target: KeypointImage,
): Promise<PixelPair[]> {
  const { matcher, matching, homography } = tools;
  if (matching === 'published') {
    const pairs = await mutualNearest(descriptors(source), descriptors(target), homography.metric);
    return pairs.flatMap(([a, b]) => toPair(source.keypoints[a], target.keypoints[b]));
  }
  const points = source.keypoints.map(({ x, y }) => ({ x: x + HALF_PIXEL, y: y + HALF_PIXEL }));
  const matches = await matchPoints(matcher, source.features, target.features, points, matching);
  return matches.flatMap(({ point }, n) =>
    toPair(source.keypoints[n], { x: point.x - HALF_PIXEL, y: point.y - HALF_PIXEL }),
  );
}

function toPair(source: Point | undefined, target: Point | undefined): PixelPair[] {
  return source === undefined || target === undefined ? [] : [{ source, target }];
}

/**
 * Features at the keypoints, as eval_hpatches.py of DIFT samples them: the first and the last pixel lie on the outer edges
 * of the map. Beyond the middles of its outermost cells, those are repeated; the original fades to zero there, which the
 * cosine does not see.
 */
function descriptors({ features, keypoints }: KeypointImage): Descriptors {
  const level = features.levels[features.firstLook];
  if (level === undefined) throw new Error('a pyramid has the level of its first look');
  const map = unscaledFeatures(level);
  const stretch = (value: number, side: number) => (side > 1 ? (value * side) / (side - 1) : value);
  const points = keypoints.map(({ x, y }) => ({ x: stretch(x, features.width), y: stretch(y, features.height) }));
  return { count: points.length, channels: map.channels, data: sampleUnscaled(map, points) };
}
