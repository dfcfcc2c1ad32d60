import type { Box, Point } from '@samepoint/shared-protocol';
import { type FeatureMap, sampleFeatures } from '../diffusion/feature-map.js';
import type { FeaturePyramid } from '../diffusion/feature-pyramid.js';
import { type Dustbin, dustbinSimilarity } from '../diffusion/networks/dustbin.js';
import type { Elements } from '../diffusion/networks/element-network.js';
import { isUnmatchable, level } from './candidates.js';
import { DEFAULT_SETTINGS, type MatchSettings } from './match-settings.js';

/** Where elements are sampled: the centre and near the middle of each side, in parts of the width and height. */
const SAMPLES: readonly Point[] = [
  { x: 0.5, y: 0.5 },
  { x: 0.1, y: 0.5 },
  { x: 0.9, y: 0.5 },
  { x: 0.5, y: 0.1 },
  { x: 0.5, y: 0.9 },
];

/** The samples of elements in a mirrored layout, in the same order. */
const MIRRORED_SAMPLES = SAMPLES.map(({ x, y }) => ({ x: 1 - x, y }));

/** Octaves of the positional encoding; the longest period is two long sides. */
const OCTAVES = 6;

/** Lower limit of lengths before the logarithm, in parts of the longer side. */
const SHORTEST = 1e-3;

/** Scores of one element of the source against every element of the target. */
export interface ElementScores {
  /** Log probability of a match, at most 0; NaN if the centre of one of the two lies outside its image. */
  log: Float32Array;
  /** Log probability minus that of the best other source element for the same target element; NaN without another. */
  margin: Float32Array;
}

/**
 * Scores elements of one image against elements of another. The element matcher that belongs to the features gives logits; their
 * dual softmax (Rocco et al., Neighbourhood Consensus Networks, 2018), with a dustbin per element, gives probabilities. Uses
 * the largest pyramid level, where different texts are distinguishable.
 * @param mirrored is one of the layouts right-to-left and the other left-to-right?
 * @param settings without `multiScale`, the base level is used
 * @returns one entry per source element; empty if an image is unmatchable, or the features have no element matcher
 */
export async function matchElements(
  source: FeaturePyramid,
  target: FeaturePyramid,
  sources: readonly Box[],
  targets: readonly Box[],
  mirrored = false,
  { multiScale }: Pick<MatchSettings, 'multiScale'> = DEFAULT_SETTINGS,
): Promise<ElementScores[]> {
  const { elements, dustbin } = source;
  if (elements === undefined || dustbin === undefined || isUnmatchable(source) || isUnmatchable(target)) return [];
  const map = (pyramid: FeaturePyramid) => level(pyramid, multiScale ? pyramid.levels.length - 1 : pyramid.baseLevel);
  const from = encode(source, map(source), sources, SAMPLES, dustbin);
  const to = encode(target, map(target), targets, mirrored ? MIRRORED_SAMPLES : SAMPLES, dustbin);
  const log = sources.map(() => new Float32Array(targets.length).fill(Number.NaN));
  if (from.count === 0 || to.count === 0) return withMargins(log);
  const logits = await elements.match(from, to);
  const inRow = logits.rows.map((row, n) => logSumExp(row, logits.dustbin[n] ?? 0));
  const inColumn = Array.from(logits.otherDustbin, (dustbinLogit, m) =>
    logSumExp(
      Float32Array.from(logits.rows, (row) => row[m] ?? 0),
      dustbinLogit,
    ),
  );
  for (const [n, sourceIndex] of from.indices.entries()) {
    const row = at(log, sourceIndex);
    for (const [m, targetIndex] of to.indices.entries()) {
      row[targetIndex] = 2 * (logits.rows[n]?.[m] ?? 0) - (inRow[n] ?? 0) - (inColumn[m] ?? 0);
    }
  }
  return withMargins(log);
}

/** @param log log probabilities (sources, targets) */
export function withMargins(log: readonly Float32Array[]): ElementScores[] {
  const best = new Float32Array(log[0]?.length ?? 0).fill(Number.NEGATIVE_INFINITY);
  const second = best.slice();
  for (const row of log) {
    for (const [m, value] of row.entries()) {
      if (value > (best[m] ?? 0)) {
        second[m] = best[m] ?? 0;
        best[m] = value;
      } else if (value > (second[m] ?? 0)) second[m] = value;
    }
  }
  return log.map((row) => ({
    log: row,
    margin: row.map((value, m) => {
      const rival = value === best[m] ? second[m] : best[m];
      return rival === Number.NEGATIVE_INFINITY ? Number.NaN : value - (rival ?? 0);
    }),
  }));
}

/** Elements as inputs of the element matcher; without those whose centre lies outside the image. */
interface EncodedElements extends Elements {
  indices: number[];
}

function encode(
  size: Pick<FeaturePyramid, 'width' | 'height'>,
  map: FeatureMap,
  elements: readonly Box[],
  samples: readonly Point[],
  dustbin: Dustbin,
): EncodedElements {
  const indices = [...elements.keys()].filter((n) => hasCentreInside(at(elements, n), size));
  const boxes = indices.map((n) => at(elements, n));
  const points = boxes.flatMap(({ x, y, w, h }) => samples.map((part) => ({ x: x + part.x * w, y: y + part.y * h })));
  const descriptors = sampleFeatures(map, points);
  const toDustbin = points.map((_, n) =>
    dustbinSimilarity(dustbin, descriptors.subarray(n * map.channels, (n + 1) * map.channels)),
  );
  return {
    indices,
    count: indices.length,
    descriptors: descriptors.map((value) => value / Math.sqrt(samples.length)),
    geometry: Float32Array.from(boxes.flatMap((box) => elementGeometry(box, size))),
    dustbin: Float32Array.from(indices, (_, n) => mean(toDustbin.slice(n * samples.length, (n + 1) * samples.length))),
  };
}

/**
 * Position and size of an element as in `learn/element_matcher.py` of `training/`: centre and size in parts of the longer side,
 * the centre in parts of width and height, the image's shape, the logarithms of the size, and a positional encoding.
 * @returns (10 + 4 · octaves)
 */
export function elementGeometry({ x, y, w, h }: Box, { width, height }: { width: number; height: number }): number[] {
  const side = Math.max(width, height);
  const middle = [x + w / 2, y + h / 2] as const;
  const centre = middle.map((length) => length / side);
  const size = [w / side, h / side];
  const angles = centre.flatMap((part) => Array.from({ length: OCTAVES }, (_, octave) => part * 2 ** octave * Math.PI));
  return [
    ...centre,
    ...size,
    middle[0] / width,
    middle[1] / height,
    width / side,
    height / side,
    ...size.map((length) => Math.log(Math.max(length, SHORTEST))),
    ...angles.map(Math.sin),
    ...angles.map(Math.cos),
  ];
}

function hasCentreInside({ x, y, w, h }: Box, { width, height }: Pick<FeaturePyramid, 'width' | 'height'>): boolean {
  const centre = { x: x + w / 2, y: y + h / 2 };
  return centre.x >= 0 && centre.y >= 0 && centre.x <= width && centre.y <= height;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function logSumExp(logits: Float32Array, dustbin: number): number {
  const highest = logits.reduce((most, logit) => Math.max(most, logit), dustbin);
  const sum = logits.reduce((total, logit) => total + Math.exp(logit - highest), Math.exp(dustbin - highest));
  return highest + Math.log(sum);
}

function at<T>(values: readonly T[], index: number): T {
  const value = values[index];
  if (value === undefined) throw new RangeError(`no element has the index ${index}`);
  return value;
}
