import type { WindowMatcher } from '../../correspond/window-matcher.js';
import type { FeatureMap } from '../../diffusion/feature-map.js';
import type { LabelMask } from '../../images/label-mask.js';
import type { Size } from '../../images/resize.js';
import { type CellGrid, emptySoftLabels, interpolateLabels, type SoftLabels } from './soft-labels.js';
import { type TrackedFrames, type TrackSettings, trackLabels } from './track-labels.js';

/** The mask of one frame, and what became of each label but the background, in the order of `labels`. */
export interface TrackedMask {
  frame: number;
  mask: LabelMask;
  outcomes: LabelOutcome[];
}

export interface MaskOptions {
  settings: TrackSettings;
  sampling: MaskSampling;
  /** See `labelsToMask`. */
  lostBelow: number;
  /** Pixels a cell at which masks are drawn and then stretched to the frame, as published; ours are drawn at its size. */
  drawnCellPx?: number | undefined;
}

/**
 * Carries a mask of the annotated frame to all others. The annotated frame comes first, with its own mask.
 * @param mask of the frames' size
 * @param labels indices to carry, the background first
 * @throws SamepointError `BAD_REQUEST` when frames differ in size
 */
export async function* trackMask(
  matcher: WindowMatcher,
  frames: TrackedFrames,
  mask: LabelMask,
  labels: readonly number[],
  { settings, sampling, lostBelow, drawnCellPx }: MaskOptions,
): AsyncGenerator<TrackedMask> {
  const annotate = (map: FeatureMap) => maskToLabels(mask, labels, map, sampling);
  for await (const { frame, labels: carried } of trackLabels(matcher, frames, annotate, settings)) {
    if (frame === frames.annotated) {
      const outcomes = labels.slice(1).map(() => ({ confidence: 1, lost: false }));
      yield { frame, mask: onlyLabels(mask, labels), outcomes };
    } else {
      const { pixels, outcomes } =
        drawnCellPx === undefined
          ? labelsToMask(carried, mask, lostBelow)
          : labelsToStretchedMask(carried, mask, lostBelow, drawnCellPx);
      yield { frame, mask: { ...mask, indices: pixels.map((label) => labels[label] ?? 0) }, outcomes };
    }
  }
}

/** The mask with every other index turned into background. */
function onlyLabels(mask: LabelMask, labels: readonly number[]): LabelMask {
  const kept = new Set(labels);
  return { ...mask, indices: mask.indices.map((index) => (kept.has(index) ? index : mask.background)) };
}

/**
 * How a cell gets its labels: that of the pixel at its centre, as published, or each in proportion to its pixels, which
 * keeps what is smaller than a cell.
 */
export type MaskSampling = 'centre' | 'area';

/** The indices of a mask that are labels: the background first, then the others that occur, rising. */
export function labelsOfMask({ indices, background }: LabelMask): number[] {
  const found = [...new Set(indices)].filter((index) => index !== background);
  return [background, ...found.sort((a, b) => a - b)];
}

/**
 * The labels of each cell.
 * @param labels indices of the mask in the order of the label map; pixels of any other index count as the first
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
    // a cell may also be smaller than a pixel, and have none of its own
    if (count === 0) own[labelOf[centreIndex(mask, grid, cell)] ?? 0] = 1;
    else
      own.forEach((share, label) => {
        own[label] = share / count;
      });
  }
  return to;
}

/** Counts the pixels of each label in each cell into `to`; returns how many pixels each cell has. */
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
  /** Mean share of the label in the pixels that have it, 0 to 1; not calibrated. */
  confidence: number;
  /** No cell's neighbours have enough of it: it is not in the frame. */
  lost: boolean;
}

/**
 * The label of each pixel: probabilities are interpolated between the centres of cells, each label's stretched to 0…1 over the
 * frame, and the highest wins.
 * Source: eval_davis.py of Tang et al., 2023.
 * @param lostBelow a label whose share is nowhere this high is not in the frame; 0 as published, where no label is lost
 * @returns positions in the label map's order, one byte a pixel, and what became of each label but the first
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
 * As published: drawn with `cellPx` pixels a cell, which is the size that the network saw, and stretched from there to the
 * nearest pixels.
 * Source: eval_davis.py of Tang et al., 2023, whose nearest neighbours are PIL's.
 */
export function labelsToStretchedMask(map: SoftLabels, { width, height }: Size, lostBelow: number, cellPx: number) {
  const drawn = { width: cellPx * map.columns, height: cellPx * map.rows };
  const { pixels, outcomes } = labelsToMask({ ...map, cellWidthPx: cellPx, cellHeightPx: cellPx }, drawn, lostBelow);
  const stretched = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const row = Math.floor(((y + 0.5) * drawn.height) / height) * drawn.width;
    for (let x = 0; x < width; x++) {
      stretched[y * width + x] = pixels[row + Math.floor(((x + 0.5) * drawn.width) / width)] ?? 0;
    }
  }
  return { pixels: stretched, outcomes };
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
      const share = probabilities[label] ?? 0;
      if (share < (lowest[label] ?? 0)) lowest[label] = share;
      if (share > (highest[label] ?? 0)) highest[label] = share;
    }
  });
  return { lowest, highest };
}
