import type { LabelMask } from '../../images/label-mask.js';
import { type CellGrid, emptyLabelMap, type LabelMap } from './label-map.js';

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
): LabelMap {
  const to = emptyLabelMap(grid, labels.length);
  const labelOf = new Uint8Array(256);
  for (const [label, index] of labels.entries()) labelOf[index] = label;
  const pixels =
    sampling === 'area' ? countPixels(to, labelOf, mask, grid) : new Float32Array(grid.rows * grid.columns);
  for (let cell = 0; cell < pixels.length; cell++) {
    const own = to.shares.subarray(cell * labels.length, (cell + 1) * labels.length);
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
function countPixels({ labels, shares }: LabelMap, labelOf: Uint8Array, mask: LabelMask, grid: CellGrid): Float32Array {
  const pixels = new Float32Array(grid.rows * grid.columns);
  for (let y = 0; y < mask.height; y++) {
    const row = Math.min(grid.rows - 1, Math.floor((y + 0.5) / grid.cellHeightPx));
    for (let x = 0; x < mask.width; x++) {
      const cell = row * grid.columns + Math.min(grid.columns - 1, Math.floor((x + 0.5) / grid.cellWidthPx));
      const at = cell * labels + (labelOf[mask.indices[y * mask.width + x] ?? 0] ?? 0);
      shares[at] = (shares[at] ?? 0) + 1;
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
