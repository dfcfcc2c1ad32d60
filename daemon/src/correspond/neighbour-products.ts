import type { FeatureMap } from '../diffusion/feature-map.js';

/**
 * Inner products of cells with themselves and with their neighbours, row by row (rows·columns each). At the last row and
 * column, where there is no neighbour, the cell stands in for it.
 */
export interface NeighbourProducts {
  self: Float64Array;
  /** With the cell to the right. */
  right: Float64Array;
  below: Float64Array;
  /** With the cell below and to the right. */
  diagonal: Float64Array;
  /** Of the cell to the right with the one below. */
  antidiagonal: Float64Array;
}

/** What the lengths of bilinearly interpolated columns are made of. */
export function neighbourProducts(map: FeatureMap): NeighbourProducts {
  const { rows, columns, channels } = map;
  const zeros = () => new Float64Array(rows * columns);
  const products = { self: zeros(), right: zeros(), below: zeros(), diagonal: zeros(), antidiagonal: zeros() };
  for (let c = 0; c < channels; c++) addChannel(products, map, c * rows * columns);
  return products;
}

function addChannel(products: NeighbourProducts, { rows, columns, chw }: FeatureMap, plane: number): void {
  const { self, right, below, diagonal, antidiagonal } = products;
  for (let row = 0, cell = 0; row < rows; row++) {
    const down = row + 1 < rows ? columns : 0;
    for (let column = 0; column < columns; column++, cell++) {
      const at = plane + cell;
      const aside = column + 1 < columns ? 1 : 0;
      const value = chw[at] ?? 0;
      const besideValue = chw[at + aside] ?? 0;
      const belowValue = chw[at + down] ?? 0;
      self[cell] = (self[cell] ?? 0) + value * value;
      right[cell] = (right[cell] ?? 0) + value * besideValue;
      below[cell] = (below[cell] ?? 0) + value * belowValue;
      diagonal[cell] = (diagonal[cell] ?? 0) + value * (chw[at + down + aside] ?? 0);
      antidiagonal[cell] = (antidiagonal[cell] ?? 0) + besideValue * belowValue;
    }
  }
}
