import type { Point } from '@samepoint/shared-protocol';
import { matchPoints } from '../../correspond/match-points.js';
import { type FeatureMap, sampleUnscaled, unscaledFeatures } from '../../diffusion/feature-map.js';
import type { FeaturePyramid } from '../../diffusion/feature-pyramid.js';
import type { Preset } from '../../diffusion/presets.js';
import type { Size } from '../../images/resize.js';
import type { EvalTools, HomographySettings } from '../datasets/dataset.js';
import { type Descriptors, mutualNearest } from './mutual-nearest.js';

/** An image with keypoints; (0,0) is the centre of the first pixel. */
export interface KeypointImage {
  features: FeaturePyramid;
  keypoints: readonly Point[];
}

/** Two pixels that match. */
export interface PixelPair {
  source: Point;
  target: Point;
}

/** From the centre of the first pixel to its corner, the origin of Samepoint's own matching. */
const HALF_PIXEL = 0.5;

/**
 * Matches keypoints of two images of the same plane. The published protocol pairs the keypoints of both. Samepoint's own
 * matching finds the keypoints of the source anywhere in the target.
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
  if (level === undefined) throw new Error('a pyramid has its base level');
  return sampleDescriptors(unscaledFeatures(level), features, keypoints);
}

/**
 * Descriptors at keypoints, sampled like `grid_sample` in eval_hpatches.py of DIFT: the first and the last pixel lie on the
 * outer edges of the map, and features fade to zero beyond the centres of its outermost cells.
 * @param map unscaled features of the network
 */
export function sampleDescriptors(map: FeatureMap, { width, height }: Size, keypoints: readonly Point[]): Descriptors {
  const stretch = (value: number, side: number) => (side > 1 ? (value * side) / (side - 1) : value);
  const points = keypoints.map(({ x, y }) => ({ x: stretch(x, width), y: stretch(y, height) }));
  const data = sampleUnscaled(map, points);
  for (const [n, { x, y }] of points.entries()) {
    const weight = weightInside(x / map.cellWidthPx, map.columns) * weightInside(y / map.cellHeightPx, map.rows);
    if (weight === 1) continue;
    for (let at = n * map.channels; at < (n + 1) * map.channels; at++) data[at] = (data[at] ?? 0) * weight;
  }
  return { count: points.length, channels: map.channels, data };
}

/** Total bilinear weight of cells inside the map, at a position in cells from its edge. */
function weightInside(position: number, cells: number): number {
  return Math.min(1, Math.max(0, position + 0.5), Math.max(0, cells - position + 0.5));
}

/** Published settings, also for backends that the paper does not cover. */
const PUBLISHED: HomographySettings = { keypoints: 1000, metric: 'cosine', estimator: 'lmeds', thresholdPx: 3 };

/** Homography settings published for a preset; a fusion uses cosine similarity. */
export function homographySettings(presets: readonly Preset[]): HomographySettings {
  const [preset] = presets;
  if (preset === undefined || presets.length > 1 || preset.matching?.kind !== 'homography') return PUBLISHED;
  const { keypoints, estimator, thresholdPx } = preset.matching;
  return { keypoints, estimator, thresholdPx, metric: preset.similarity };
}
