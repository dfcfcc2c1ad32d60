import type { Size } from '../../images/resize.js';
import { forEachPixel } from './interpolate-shares.js';
import type { LabelMap } from './label-map.js';

/** A label in one frame. */
export interface LabelOutcome {
  /** Mean share of the label in the pixels that have it, 0 to 1; not calibrated. */
  confidence: number;
  /** No cell's neighbours have enough of it: it is not in the frame. */
  lost: boolean;
}

/**
 * The label of each pixel: shares are interpolated between the centres of cells, each label's stretched to 0…1 over the
 * frame, and the highest wins.
 * Source: eval_davis.py of Tang et al., 2023.
 * @param lostBelow a label whose share is nowhere this high is not in the frame; 0 as published, where no label is lost
 * @returns positions in the label map's order, one byte a pixel, and what became of each label but the first
 */
export function labelsToMask(
  map: LabelMap,
  size: Size,
  lostBelow: number,
): { pixels: Uint8Array; outcomes: LabelOutcome[] } {
  const lost = peakShares(map).map((peak, label) => label > 0 && (peak === 0 || peak < lostBelow));
  const { lowest, highest } = interpolatedRange(map, size);
  const pixels = new Uint8Array(size.width * size.height);
  const won = new Float64Array(map.labels);
  const counts = new Float64Array(map.labels);
  forEachPixel(map, size, (pixel, shares) => {
    let best = 0;
    let bestValue = Number.NEGATIVE_INFINITY;
    for (let label = 0; label < map.labels; label++) {
      if (lost[label]) continue;
      const range = (highest[label] ?? 0) - (lowest[label] ?? 0) || 1;
      const value = ((shares[label] ?? 0) - (lowest[label] ?? 0)) / range;
      if (value <= bestValue) continue;
      best = label;
      bestValue = value;
    }
    pixels[pixel] = best;
    won[best] = (won[best] ?? 0) + (shares[best] ?? 0);
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
export function labelsToStretchedMask(map: LabelMap, { width, height }: Size, lostBelow: number, cellPx: number) {
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

function peakShares({ labels, shares }: LabelMap): number[] {
  const peaks = new Array<number>(labels).fill(0);
  for (let at = 0; at < shares.length; at++) {
    const label = at % labels;
    peaks[label] = Math.max(peaks[label] ?? 0, shares[at] ?? 0);
  }
  return peaks;
}

function interpolatedRange(map: LabelMap, size: Size) {
  const lowest = new Float32Array(map.labels).fill(Number.POSITIVE_INFINITY);
  const highest = new Float32Array(map.labels).fill(Number.NEGATIVE_INFINITY);
  forEachPixel(map, size, (_, shares) => {
    for (let label = 0; label < map.labels; label++) {
      const share = shares[label] ?? 0;
      if (share < (lowest[label] ?? 0)) lowest[label] = share;
      if (share > (highest[label] ?? 0)) highest[label] = share;
    }
  });
  return { lowest, highest };
}
