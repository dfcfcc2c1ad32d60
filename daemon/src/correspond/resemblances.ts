import type { Box, Point } from '@samepoint/shared-protocol';
import { type FeatureMap, sampleFeatures } from '../diffusion/feature-map.js';
import type { FeaturePyramid } from '../diffusion/feature-pyramid.js';
import { binSimilarity, type NoCounterpartBin } from '../diffusion/no-counterpart.js';
import { AGREEMENT } from './agreement-settings.js';
import { level } from './candidates.js';
import type { Matcher } from './matcher.js';
import { allCells } from './nearest.js';
import { saysNothing } from './says-nothing.js';

/** Two parts are compared in the middle and near the middle of each side, in parts of their width and height … */
const PLACES: readonly Point[] = [
  { x: 0.5, y: 0.5 },
  { x: 0.1, y: 0.5 },
  { x: 0.9, y: 0.5 },
  { x: 0.5, y: 0.1 },
  { x: 0.5, y: 0.9 },
];
/** … or, where left and right are exchanged, each with the one on the other side. */
const EXCHANGED_PLACES = PLACES.map(({ x, y }) => ({ x: 1 - x, y }));

/**
 * How parts of one image resemble parts of another, as a dual softmax (Rocco et al., Neighbourhood Consensus Networks, 2018):
 * the probability of each among all others and "no counterpart", times the same the other way round.
 * @param exchanged do the images have left and right exchanged?
 * @returns for each part the log of that for each of the others, from minus infinity to 0; NaN where one of the two lies
 *   outside its image. Nothing where an image says nothing.
 */
export async function resemblances(
  matcher: Matcher,
  source: FeaturePyramid,
  target: FeaturePyramid,
  parts: readonly Box[],
  others: readonly Box[],
  exchanged = false,
): Promise<Float32Array[]> {
  if (saysNothing(source) || saysNothing(target)) return [];
  const from = look(source, parts, PLACES);
  const to = look(target, others, exchanged ? EXCHANGED_PLACES : PLACES);
  const log = parts.map(() => new Float32Array(others.length).fill(Number.NaN));
  if (from.seen.length === 0 || to.seen.length === 0) return log;
  const rows: Float32Array[] = [];
  await matcher.forEachSimilarityMap(from.map, allCells(from.map), to.map, (similarity) => {
    rows.push(similarity.map((cosine) => cosine / AGREEMENT.temperature));
  });
  const inRow = rows.map((row, n) => logSumExp(row, from.none[n]));
  const inColumn = to.seen.map((_, m) =>
    logSumExp(
      Float32Array.from(rows, (row) => row[m] ?? 0),
      to.none[m],
    ),
  );
  for (const [n, part] of from.seen.entries()) {
    for (const [m, other] of to.seen.entries()) {
      const value = 2 * (rows[n]?.[m] ?? 0) - (inRow[n] ?? 0) - (inColumn[m] ?? 0);
      log[part]?.fill(value, other, other + 1);
    }
  }
  return log;
}

/** What the parts look like whose middle lies in the image. */
interface Looked {
  /** Their indices. */
  seen: number[];
  /** One unit column each: those of its places, one after another. */
  map: FeatureMap;
  /** The logit of "no counterpart" of each, where that has been learned. */
  none: number[];
}

/** At the largest of the sizes that an image was seen at: words are told apart there. */
function look(pyramid: FeaturePyramid, parts: readonly Box[], places: readonly Point[]): Looked {
  const map = level(pyramid, pyramid.levels.length - 1);
  const seen = [...parts.keys()].filter((n) => isInside(parts[n], pyramid));
  const columns = seen.map((n) => {
    const { x, y, w, h } = parts[n] ?? never();
    return sampleFeatures(
      map,
      places.map((place) => ({ x: x + place.x * w, y: y + place.y * h })),
    );
  });
  const { noCounterpart } = pyramid;
  return {
    seen,
    map: toMap(columns, map.channels * places.length),
    none: noCounterpart === undefined ? [] : columns.map((column) => noneOf(noCounterpart, column)),
  };
}

function isInside(box: Box | undefined, { width, height }: FeaturePyramid): boolean {
  if (box === undefined) return false;
  const [x, y] = [box.x + box.w / 2, box.y + box.h / 2];
  return x >= 0 && y >= 0 && x <= width && y <= height;
}

/** Columns of unit columns as a map of one row, at unit length. */
function toMap(parts: readonly Float32Array[], channels: number): FeatureMap {
  const chw = new Float32Array(channels * parts.length);
  for (const [n, column] of parts.entries()) {
    for (const [c, value] of column.entries()) chw[c * parts.length + n] = value / Math.sqrt(PLACES.length);
  }
  return { channels, rows: 1, columns: parts.length, chw, cellWidthPx: 1, cellHeightPx: 1 };
}

/** The mean over the places. */
function noneOf(bin: NoCounterpartBin, column: Float32Array): number {
  const channels = column.length / PLACES.length;
  const bins = PLACES.map((_, n) => binSimilarity(bin, column.subarray(n * channels, (n + 1) * channels)));
  return bins.reduce((sum, similarity) => sum + similarity, 0) / (bins.length * AGREEMENT.temperature);
}

function logSumExp(logits: Float32Array, none = Number.NEGATIVE_INFINITY): number {
  const highest = logits.reduce((most, logit) => Math.max(most, logit), none);
  const sum = logits.reduce((total, logit) => total + Math.exp(logit - highest), Math.exp(none - highest));
  return highest + Math.log(sum);
}

function never(): never {
  throw new Error('every index has a part');
}
