import type { Point } from '@samepoint/shared-protocol';
import { matchPoints } from '../../correspond/match-points.js';
import { type FeatureMap, sampleUnscaled, unscaledFeatures } from '../../diffusion/feature-map.js';
import type { FeaturePyramid } from '../../diffusion/feature-pyramid.js';
import type { Preset } from '../../diffusion/presets.js';
import type { Size } from '../../images/resize.js';
import type { EvalTools, HomographySettings } from '../datasets/dataset.js';
import { type Descriptors, mutualNearest } from './mutual-nearest.js';

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

function descriptors({ features, keypoints }: KeypointImage): Descriptors {
  const level = features.levels[features.baseLevel];
  if (level === undefined) throw new Error('a pyramid has the level of its first look');
  return sampleKeypoints(unscaledFeatures(level), features, keypoints);
}

/**
 * Features at keypoints, as eval_hpatches.py of DIFT samples them with `grid_sample`: the first and the last pixel lie on
 * the outer edges of the map, and beyond the middles of its outermost cells features fade to zero.
 * @param map features as the network gave them
 */
export function sampleKeypoints(map: FeatureMap, { width, height }: Size, keypoints: readonly Point[]): Descriptors {
  const stretch = (value: number, side: number) => (side > 1 ? (value * side) / (side - 1) : value);
  const points = keypoints.map(({ x, y }) => ({ x: stretch(x, width), y: stretch(y, height) }));
  const data = sampleUnscaled(map, points);
  for (const [n, { x, y }] of points.entries()) {
    const share = shareInside(x / map.cellWidthPx, map.columns) * shareInside(y / map.cellHeightPx, map.rows);
    if (share === 1) continue;
    for (let at = n * map.channels; at < (n + 1) * map.channels; at++) data[at] = (data[at] ?? 0) * share;
  }
  return { count: points.length, channels: map.channels, data };
}

/** How much of a bilinear sample falls on cells of the map, at a position in cells from its edge. */
function shareInside(position: number, cells: number): number {
  return Math.min(1, Math.max(0, position + 0.5), Math.max(0, cells - position + 0.5));
}

/** Of the published protocol; for backends that it says nothing of. */
const PUBLISHED: HomographySettings = { keypoints: 1000, metric: 'cosine', estimator: 'lmeds', thresholdPx: 3 };

/** How a preset was published to find homographies; a fusion compares by cosine. */
export function homographySettings(presets: readonly Preset[]): HomographySettings {
  const [preset] = presets;
  if (preset === undefined || presets.length > 1 || preset.matching?.kind !== 'homography') return PUBLISHED;
  const { keypoints, estimator, thresholdPx } = preset.matching;
  return { keypoints, estimator, thresholdPx, metric: preset.similarity };
}
