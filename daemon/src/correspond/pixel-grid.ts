import type { Point } from '@samepoint/shared-protocol';
import type { FeatureMap } from '../diffusion/feature-map.js';

/** Size of an image, in pixels. */
export interface ImageSize {
  width: number;
  height: number;
}

/** For each pixel of one axis, the two cells around it and the weight of the second. */
interface Axis {
  first: Int32Array;
  second: Int32Array;
  weight: Float64Array;
}

/** Indices and weights for bilinear interpolation of a feature map at every pixel of its image. */
export interface PixelGrid {
  columns: number;
  x: Axis;
  y: Axis;
}

/** @param toCell from a pixel to cells inside the map; (0,0) is the centre of the first cell, x and y are independent */
export function pixelGrid(
  { columns, rows }: FeatureMap,
  { width, height }: ImageSize,
  toCell: (pixel: Point) => Point,
): PixelGrid {
  return {
    columns,
    x: axis(width, columns, (pixel) => toCell({ x: pixel, y: 0 }).x),
    y: axis(height, rows, (pixel) => toCell({ x: 0, y: pixel }).y),
  };
}

function axis(pixels: number, cells: number, toCell: (pixel: number) => number): Axis {
  const first = new Int32Array(pixels);
  const second = new Int32Array(pixels);
  const weight = new Float64Array(pixels);
  for (let pixel = 0; pixel < pixels; pixel++) {
    const cell = toCell(pixel);
    first[pixel] = Math.floor(cell);
    second[pixel] = Math.min(Math.floor(cell) + 1, cells - 1);
    weight[pixel] = cell - Math.floor(cell);
  }
  return { first, second, weight };
}

/** Interpolates the products of one query with every cell at every pixel, row by row, into `into`. */
export function interpolateProducts({ columns, x, y }: PixelGrid, products: Float32Array, into: Float64Array): void {
  const width = x.first.length;
  for (let row = 0, pixel = 0; row < y.first.length; row++) {
    const top = (y.first[row] ?? 0) * columns;
    const bottom = (y.second[row] ?? 0) * columns;
    const wy = y.weight[row] ?? 0;
    for (let column = 0; column < width; column++, pixel++) {
      const left = x.first[column] ?? 0;
      const beside = x.second[column] ?? 0;
      const wx = x.weight[column] ?? 0;
      const above = (products[top + left] ?? 0) * (1 - wx) + (products[top + beside] ?? 0) * wx;
      const under = (products[bottom + left] ?? 0) * (1 - wx) + (products[bottom + beside] ?? 0) * wx;
      into[pixel] = above * (1 - wy) + under * wy;
    }
  }
}

/** Squared lengths of the interpolated descriptors of every pixel, row by row. */
export function squaredLengths(map: FeatureMap, grid: PixelGrid): Float64Array {
  const products = neighbourProducts(map);
  const { x, y } = grid;
  const width = x.first.length;
  const squared = new Float64Array(width * y.first.length);
  for (let row = 0; row < y.first.length; row++) {
    for (let column = 0; column < width; column++) {
      squared[row * width + column] = squaredLength(products, grid, column, row);
    }
  }
  return squared;
}

/** |a·A + b·B + c·C + d·D|², A and B the cells above, C and D those below. */
function squaredLength(products: NeighbourProducts, { columns, x, y }: PixelGrid, column: number, row: number): number {
  const { self, right, below, diagonal, antidiagonal } = products;
  const top = (y.first[row] ?? 0) * columns;
  const bottom = (y.second[row] ?? 0) * columns;
  const left = x.first[column] ?? 0;
  const beside = x.second[column] ?? 0;
  const [wx, wy] = [x.weight[column] ?? 0, y.weight[row] ?? 0];
  const a = (1 - wx) * (1 - wy);
  const b = wx * (1 - wy);
  const c = (1 - wx) * wy;
  const d = wx * wy;
  return (
    a * a * (self[top + left] ?? 0) +
    b * b * (self[top + beside] ?? 0) +
    c * c * (self[bottom + left] ?? 0) +
    d * d * (self[bottom + beside] ?? 0) +
    2 * (a * b * (right[top + left] ?? 0) + c * d * (right[bottom + left] ?? 0)) +
    2 * (a * c * (below[top + left] ?? 0) + b * d * (below[top + beside] ?? 0)) +
    2 * (a * d * (diagonal[top + left] ?? 0) + b * c * (antidiagonal[top + left] ?? 0))
  );
}

/**
 * Inner products of cells with themselves and with their neighbours, row by row (rows·columns each). Cells of the last row and
 * column are their own neighbours.
 */
interface NeighbourProducts {
  self: Float64Array;
  /** With the cell to the right. */
  right: Float64Array;
  below: Float64Array;
  /** With the cell below and to the right. */
  diagonal: Float64Array;
  /** Of the right cell with the one below. */
  antidiagonal: Float64Array;
}

/** The products that determine the lengths of bilinearly interpolated descriptors. */
function neighbourProducts(map: FeatureMap): NeighbourProducts {
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
