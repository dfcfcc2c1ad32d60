import type { WindowMatcher } from '../../correspond/window-matcher.js';
import type { FeatureMap } from '../../diffusion/feature-map.js';
import type { LabelMask } from '../../images/label-mask.js';
import type { Size } from '../../images/resize.js';
import { type CellGrid, emptySoftLabels, interpolateLabels, type SoftLabels } from './soft-labels.js';
import { type TrackedFrames, type TrackSettings, trackLabels } from './track-labels.js';

/** The mask of one frame. */
export interface TrackedMask {
  frame: number;
  mask: LabelMask;
  /** One for each of `labels` but the background. */
  outcomes: LabelOutcome[];
}

export interface MaskOptions {
  settings: TrackSettings;
  sampling: MaskSampling;
  /** See `labelsToMask`. */
  lostBelow: number;
  /** As published: draws masks at this many pixels per cell and resizes them. Otherwise masks are drawn at frame size. */
  drawnCellPx?: number | undefined;
}

/**
 * Propagates a mask of the annotated frame to all others. The annotated frame comes first, with its own mask.
 * @param mask of the frames' size
 * @param labels indices to track, the background first
 * @throws SamepointError `BAD_REQUEST` if the frames differ in size
 */
export async function* trackMask(
  matcher: WindowMatcher,
  frames: TrackedFrames,
  mask: LabelMask,
  labels: readonly number[],
  { settings, sampling, lostBelow, drawnCellPx }: MaskOptions,
): AsyncGenerator<TrackedMask> {
  const annotate = (map: FeatureMap) => maskToLabels(mask, labels, map, sampling);
  for await (const { frame, labels: propagated } of trackLabels(matcher, frames, annotate, settings)) {
    if (frame === frames.annotated) {
      const outcomes = labels.slice(1).map(() => ({ confidence: 1, lost: false }));
      yield { frame, mask: onlyLabels(mask, labels), outcomes };
    } else {
      const { pixels, outcomes } =
        drawnCellPx === undefined
          ? labelsToMask(propagated, mask, lostBelow)
          : labelsToResizedMask(propagated, mask, lostBelow, drawnCellPx);
      yield { frame, mask: { ...mask, indices: pixels.map((label) => labels[label] ?? 0) }, outcomes };
    }
  }
}

/** Replaces every other index by the background. */
function onlyLabels(mask: LabelMask, labels: readonly number[]): LabelMask {
  const kept = new Set(labels);
  return { ...mask, indices: mask.indices.map((index) => (kept.has(index) ? index : mask.background)) };
}

/**
 * How a cell gets its labels: from the pixel at its centre, as published, or in proportion to its pixels, which keeps details
 * smaller than a cell.
 */
export type MaskSampling = 'centre' | 'area';

/** The indices in a mask: the background, then the others in ascending order. */
export function labelsOfMask({ indices, background }: LabelMask): number[] {
  const found = [...new Set(indices)].filter((index) => index !== background);
  return [background, ...found.sort((a, b) => a - b)];
}

/**
 * Converts a mask to soft labels.
 * @param labels the mask's index of each label; pixels with any other index get the first label
 */
export function maskToLabels(
  mask: LabelMask,
  labels: readonly number[],
  grid: CellGrid,
  sampling: MaskSampling,
): SoftLabels {
  const to = emptySoftLabels(grid, labels.length);
  const labelOf = new Uint8Array(256);
  for (const [label, index] of labels.entries()) labelOf[index] = label;
  const pixels =
    sampling === 'area' ? countPixels(to, labelOf, mask, grid) : new Float32Array(grid.rows * grid.columns);
  for (let cell = 0; cell < pixels.length; cell++) {
    const own = to.probabilities.subarray(cell * labels.length, (cell + 1) * labels.length);
    const count = pixels[cell] ?? 0;
    // a cell smaller than a pixel may have none
    if (count === 0) own[labelOf[centreIndex(mask, grid, cell)] ?? 0] = 1;
    else
      own.forEach((pixelsOfLabel, label) => {
        own[label] = pixelsOfLabel / count;
      });
  }
  return to;
}

/** Counts the pixels of each label into `probabilities`; returns the number of pixels in each cell. */
function countPixels(
  { labels, probabilities }: SoftLabels,
  labelOf: Uint8Array,
  mask: LabelMask,
  grid: CellGrid,
): Float32Array {
  const pixels = new Float32Array(grid.rows * grid.columns);
  for (let y = 0; y < mask.height; y++) {
    const row = Math.min(grid.rows - 1, Math.floor((y + 0.5) / grid.cellHeightPx));
    for (let x = 0; x < mask.width; x++) {
      const cell = row * grid.columns + Math.min(grid.columns - 1, Math.floor((x + 0.5) / grid.cellWidthPx));
      const at = cell * labels + (labelOf[mask.indices[y * mask.width + x] ?? 0] ?? 0);
      probabilities[at] = (probabilities[at] ?? 0) + 1;
      pixels[cell] = (pixels[cell] ?? 0) + 1;
    }
  }
  return pixels;
}

function centreIndex({ width, height, indices }: LabelMask, grid: CellGrid, cell: number): number {
  const x = Math.floor(((cell % grid.columns) + 0.5) * grid.cellWidthPx);
  const y = Math.floor((Math.floor(cell / grid.columns) + 0.5) * grid.cellHeightPx);
  return indices[Math.min(height - 1, y) * width + Math.min(width - 1, x)] ?? 0;
}

/** A label in one frame. */
export interface LabelOutcome {
  /** Mean probability of the label in its pixels, 0 to 1; not calibrated. */
  confidence: number;
  /** The label is not in the frame. */
  lost: boolean;
}

/**
 * Converts soft labels to a mask: interpolates probabilities between cell centres, normalises each label's to 0…1 over the
 * frame, and takes the highest.
 * Source: eval_davis.py of Tang et al., 2023.
 * @param lostBelow a label is lost if its probability stays below this everywhere; 0 as published
 * @returns label numbers, one byte per pixel, and the outcome of each label but the first
 */
export function labelsToMask(
  map: SoftLabels,
  size: Size,
  lostBelow: number,
): { pixels: Uint8Array; outcomes: LabelOutcome[] } {
  const lost = peakProbabilities(map).map((peak, label) => label > 0 && (peak === 0 || peak < lostBelow));
  const { lowest, highest } = interpolatedRange(map, size);
  const pixels = new Uint8Array(size.width * size.height);
  const won = new Float64Array(map.labels);
  const counts = new Float64Array(map.labels);
  interpolateLabels(map, size, (pixel, probabilities) => {
    let best = 0;
    let bestValue = Number.NEGATIVE_INFINITY;
    for (let label = 0; label < map.labels; label++) {
      if (lost[label]) continue;
      const range = (highest[label] ?? 0) - (lowest[label] ?? 0) || 1;
      const value = ((probabilities[label] ?? 0) - (lowest[label] ?? 0)) / range;
      if (value <= bestValue) continue;
      best = label;
      bestValue = value;
    }
    pixels[pixel] = best;
    won[best] = (won[best] ?? 0) + (probabilities[best] ?? 0);
    counts[best] = (counts[best] ?? 0) + 1;
  });
  const outcomes = lost.map((isLost, label) => ({
    confidence: Math.min(1, (won[label] ?? 0) / Math.max(1, counts[label] ?? 0)),
    lost: isLost || counts[label] === 0,
  }));
  return { pixels, outcomes: outcomes.slice(1) };
}

/**
 * As published: draws the mask at the network's input size, `cellPx` pixels per cell, and resizes it with PIL's nearest
 * neighbours.
 * Source: eval_davis.py of Tang et al., 2023.
 */
export function labelsToResizedMask(map: SoftLabels, { width, height }: Size, lostBelow: number, cellPx: number) {
  const drawn = { width: cellPx * map.columns, height: cellPx * map.rows };
  const { pixels, outcomes } = labelsToMask({ ...map, cellWidthPx: cellPx, cellHeightPx: cellPx }, drawn, lostBelow);
  const resized = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const row = Math.floor(((y + 0.5) * drawn.height) / height) * drawn.width;
    for (let x = 0; x < width; x++) {
      resized[y * width + x] = pixels[row + Math.floor(((x + 0.5) * drawn.width) / width)] ?? 0;
    }
  }
  return { pixels: resized, outcomes };
}

function peakProbabilities({ labels, probabilities }: SoftLabels): number[] {
  const peaks = new Array<number>(labels).fill(0);
  for (let at = 0; at < probabilities.length; at++) {
    const label = at % labels;
    peaks[label] = Math.max(peaks[label] ?? 0, probabilities[at] ?? 0);
  }
  return peaks;
}

function interpolatedRange(map: SoftLabels, size: Size) {
  const lowest = new Float32Array(map.labels).fill(Number.POSITIVE_INFINITY);
  const highest = new Float32Array(map.labels).fill(Number.NEGATIVE_INFINITY);
  interpolateLabels(map, size, (_, probabilities) => {
    for (let label = 0; label < map.labels; label++) {
      const value = probabilities[label] ?? 0;
      if (value < (lowest[label] ?? 0)) lowest[label] = value;
      if (value > (highest[label] ?? 0)) highest[label] = value;
    }
  });
  return { lowest, highest };
}
