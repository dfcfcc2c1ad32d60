import type { Box, Point } from '@samepoint/shared-protocol';
import { type FeatureMap, sampleFeatures } from '../diffusion/feature-map.js';
import type { FeaturePyramid } from '../diffusion/feature-pyramid.js';
import type { Elements } from '../diffusion/networks/element-network.js';
import { binSimilarity, type NoCounterpartBin } from '../diffusion/networks/no-counterpart.js';
import { invariant } from '../invariant.js';
import { level } from './candidates.js';
import { elementGeometry } from './element-geometry.js';
import { ALL_PARTS, type MatchSettings } from './match-settings.js';
import { saysNothing } from './says-nothing.js';

/** Two parts are compared in the middle and near the middle of each side, in parts of their width and height. */
const PLACES: readonly Point[] = [
  { x: 0.5, y: 0.5 },
  { x: 0.1, y: 0.5 },
  { x: 0.9, y: 0.5 },
  { x: 0.5, y: 0.1 },
  { x: 0.5, y: 0.9 },
];

/** Where left and right are exchanged, what is near the one side is compared with what is near the other. */
const EXCHANGED_PLACES = PLACES.map(({ x, y }) => ({ x: 1 - x, y }));

/** How one part of an image resembles each of the parts of another. */
export interface Resemblance {
  /** The log probability that they are the same, at most 0; NaN where the middle of one of the two lies outside its image. */
  log: Float32Array;
  /** By how much that is more than of any other part and the same one of the other image; NaN where there is no other. */
  lead: Float32Array;
}

/**
 * How parts of one image resemble parts of another: the matcher of elements that belongs to the features gives logits, and a
 * dual softmax of them (Rocco et al., Neighbourhood Consensus Networks, 2018) the probability of each among all others and
 * "no counterpart", times the same the other way round. At the largest of the sizes that the images were seen at, as words
 * are told apart there.
 * @param exchanged do the images have left and right exchanged?
 * @param secondLook without it, at the size of the first look
 * @returns for each part. Nothing where an image says nothing, or no matcher of elements belongs to the features.
 */
export async function resemblances(
  source: FeaturePyramid,
  target: FeaturePyramid,
  parts: readonly Box[],
  others: readonly Box[],
  exchanged = false,
  { secondLook }: Pick<MatchSettings, 'secondLook'> = ALL_PARTS,
): Promise<Resemblance[]> {
  const { elements, noCounterpart } = source;
  if (elements === undefined || noCounterpart === undefined || saysNothing(source) || saysNothing(target)) return [];
  const map = (pyramid: FeaturePyramid) => level(pyramid, secondLook ? pyramid.levels.length - 1 : pyramid.baseLevel);
  const from = look(source, map(source), parts, PLACES, noCounterpart);
  const to = look(target, map(target), others, exchanged ? EXCHANGED_PLACES : PLACES, noCounterpart);
  const log = parts.map(() => new Float32Array(others.length).fill(Number.NaN));
  if (from.count === 0 || to.count === 0) return withLeads(log);
  const { rows, none, otherNone } = await elements.match(from, to);
  const inRow = rows.map((row, n) => logSumExp(row, none[n] ?? 0));
  const inColumn = Array.from(otherNone, (itsNone, m) =>
    logSumExp(
      Float32Array.from(rows, (row) => row[m] ?? 0),
      itsNone,
    ),
  );
  for (const [n, part] of from.seen.entries()) {
    const line = log[part] ?? invariant('every index has a part');
    for (const [m, other] of to.seen.entries()) {
      line[other] = 2 * (rows[n]?.[m] ?? 0) - (inRow[n] ?? 0) - (inColumn[m] ?? 0);
    }
  }
  return withLeads(log);
}

/** @param log probabilities (parts, others) */
export function withLeads(log: readonly Float32Array[]): Resemblance[] {
  const most = new Float32Array(log[0]?.length ?? 0).fill(Number.NEGATIVE_INFINITY);
  const second = most.slice();
  for (const row of log) {
    for (const [m, value] of row.entries()) {
      if (value > (most[m] ?? 0)) {
        second[m] = most[m] ?? 0;
        most[m] = value;
      } else if (value > (second[m] ?? 0)) second[m] = value;
    }
  }
  return log.map((row) => ({
    log: row,
    lead: row.map((value, m) => {
      const rival = value === most[m] ? second[m] : most[m];
      return rival === Number.NEGATIVE_INFINITY ? Number.NaN : value - (rival ?? 0);
    }),
  }));
}

/** The parts whose middle lies in the image, as the matcher takes them. */
interface Looked extends Elements {
  /** Their indices. */
  seen: number[];
}

function look(
  size: Pick<FeaturePyramid, 'width' | 'height'>,
  map: FeatureMap,
  parts: readonly Box[],
  places: readonly Point[],
  bin: NoCounterpartBin,
): Looked {
  const seen = [...parts.keys()].filter((n) => isInside(parts[n] ?? invariant('every index has a part'), size));
  const boxes = seen.map((n) => parts[n] ?? invariant('every index has a part'));
  const points = boxes.flatMap(({ x, y, w, h }) => places.map((place) => ({ x: x + place.x * w, y: y + place.y * h })));
  const features = sampleFeatures(map, points);
  const bins = points.map((_, n) => binSimilarity(bin, features.subarray(n * map.channels, (n + 1) * map.channels)));
  return {
    seen,
    count: seen.length,
    columns: features.map((value) => value / Math.sqrt(places.length)),
    geometry: Float32Array.from(boxes.flatMap((box) => elementGeometry(box, size))),
    none: Float32Array.from(seen, (_, n) => mean(bins.slice(n * places.length, (n + 1) * places.length))),
  };
}

function isInside({ x, y, w, h }: Box, { width, height }: Pick<FeaturePyramid, 'width' | 'height'>): boolean {
  const middle = { x: x + w / 2, y: y + h / 2 };
  return middle.x >= 0 && middle.y >= 0 && middle.x <= width && middle.y <= height;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function logSumExp(logits: Float32Array, none: number): number {
  const highest = logits.reduce((most, logit) => Math.max(most, logit), none);
  const sum = logits.reduce((total, logit) => total + Math.exp(logit - highest), Math.exp(none - highest));
  return highest + Math.log(sum);
}
