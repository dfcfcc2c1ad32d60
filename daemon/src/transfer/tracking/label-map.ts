import type { FeatureMap } from '../../diffusion/feature-map.js';

/** Where cells lie in the image. */
export type CellGrid = Pick<FeatureMap, 'rows' | 'columns' | 'cellWidthPx' | 'cellHeightPx'>;

/** How much each cell of a frame belongs to each label. */
export interface LabelMap extends CellGrid {
  labels: number;
  /** (rows, columns, labels), 0 to 1 */
  shares: Float32Array;
}

export function emptyLabelMap({ rows, columns, cellWidthPx, cellHeightPx }: CellGrid, labels: number): LabelMap {
  return { rows, columns, cellWidthPx, cellHeightPx, labels, shares: new Float32Array(rows * columns * labels) };
}
