import type { FeatureMap } from '../diffusion/feature-map.js';

/** Unit features with the channels of a cell side by side, so that a window of cells is a slice. */
export interface CellFeatures {
  rows: number;
  columns: number;
  channels: number;
  /** (rows, columns, channels) */
  hwc: Float32Array;
}

/** Cells transposed at once: what they take fits into the processor's cache. */
const BLOCK_CELLS = 16;

/** The same features, cell by cell. */
export function toCellFeatures({ rows, columns, channels, chw }: FeatureMap): CellFeatures {
  const cells = rows * columns;
  const hwc = new Float32Array(cells * channels);
  for (let start = 0; start < cells; start += BLOCK_CELLS) {
    const end = Math.min(cells, start + BLOCK_CELLS);
    for (let c = 0; c < channels; c++) {
      for (let cell = start; cell < end; cell++) hwc[cell * channels + c] = chw[c * cells + cell] ?? 0;
    }
  }
  return { rows, columns, channels, hwc };
}
