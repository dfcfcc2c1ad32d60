import type { FeatureMap } from '../../src/diffusion/feature-map.js';
import type { FeaturePyramid } from '../../src/diffusion/feature-pyramid.js';

/** A map of one channel: the descriptor [1] has the given similarity to each cell. */
export function similarityField(rows: readonly (readonly number[])[], cellPx = 1): FeatureMap {
  const columns = rows[0]?.length ?? 0;
  const chw = Float32Array.from(rows.flat());
  return { channels: 1, rows: rows.length, columns, chw, cellWidthPx: cellPx, cellHeightPx: cellPx };
}

interface SyntheticSize {
  width: number;
  height: number;
  rows: number;
  columns: number;
}

/** A pyramid with one constant map per size in cells. */
export function syntheticPyramid(
  { width, height, rows, columns }: SyntheticSize,
  more: readonly Pick<SyntheticSize, 'rows' | 'columns'>[] = [],
): FeaturePyramid {
  const levels = [{ rows, columns }, ...more].map((cells) => ({
    channels: 1,
    ...cells,
    chw: new Float32Array(cells.rows * cells.columns).fill(1),
    cellWidthPx: width / cells.columns,
    cellHeightPx: height / cells.rows,
  }));
  return { width, height, levels, baseLevel: 0, blank: false };
}
