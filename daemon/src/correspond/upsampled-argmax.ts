import type { Point } from '@samepoint/shared-protocol';
import { type FeatureMap, toCells, unscaledFeatures } from '../diffusion/feature-map.js';
import type { Matcher } from './matcher.js';
import { type NeighbourProducts, neighbourProducts } from './neighbour-products.js';

/** The pixel that resembles a keypoint most. */
export interface PixelMatch extends Point {
  /** Cosine similarity. */
  similarity: number;
}

/** Size of an image, in pixels. */
interface ImageSize {
  width: number;
  height: number;
}

/**
 * Semantic correspondence as DIFT publishes it (Tang et al., 2023, section 4.2): both feature maps are up-sampled
 * bilinearly to the size of their images, and a keypoint goes to the pixel with the highest cosine similarity, the first
 * one row by row where several are equal.
 *
 * The up-sampled maps (channels × height × width) are never made. A product of a query with an up-sampled column is the
 * interpolated product with the cells around it, and the length of such a column follows from the products of those cells
 * with each other. So memory is the size of the image and does not grow with channels or keypoints.
 * @param keypoints pixels of the source image, (0,0) is the middle of the first pixel, as in the data sets
 * @param size of the target image
 * @returns one pixel of the target a keypoint, in their order
 */
export async function upsampledArgmax(
  matcher: Matcher,
  source: FeatureMap,
  target: FeatureMap,
  size: ImageSize,
  keypoints: readonly Point[],
): Promise<PixelMatch[]> {
  const [from, to] = [unscaledFeatures(source), unscaledFeatures(target)];
  const grid = pixelGrid(to, size);
  const inverseLengths = inverseColumnLengths(grid, neighbourProducts(to));
  const matches: PixelMatch[] = [];
  const queries = keypoints.map(({ x, y }) => ({ x: x + 0.5, y: y + 0.5 }));
  await matcher.forEachSimilarityMap(from, queries, to, (products) => {
    matches.push(bestPixel(grid, products, inverseLengths));
  });
  return matches;
}

/** Between which two cells the pixels of one axis lie, and how near the second. */
interface Axis {
  first: Int32Array;
  second: Int32Array;
  weight: Float64Array;
}

interface PixelGrid {
  columns: number;
  x: Axis;
  y: Axis;
}

function pixelGrid(map: FeatureMap, { width, height }: ImageSize): PixelGrid {
  const at = (pixel: number) => toCells(map, { x: pixel + 0.5, y: pixel + 0.5 });
  return {
    columns: map.columns,
    x: axis(width, map.columns, (pixel) => at(pixel).x),
    y: axis(height, map.rows, (pixel) => at(pixel).y),
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

/** 1 / length of the up-sampled column of every pixel, row by row; 0 where the column is zero. */
function inverseColumnLengths({ columns, x, y }: PixelGrid, products: NeighbourProducts): Float32Array {
  const { self, right, below, diagonal, antidiagonal } = products;
  const width = x.first.length;
  const inverse = new Float32Array(width * y.first.length);
  for (let row = 0, pixel = 0; row < y.first.length; row++) {
    const top = (y.first[row] ?? 0) * columns;
    const bottom = (y.second[row] ?? 0) * columns;
    const wy = y.weight[row] ?? 0;
    for (let column = 0; column < width; column++, pixel++) {
      const left = x.first[column] ?? 0;
      const beside = x.second[column] ?? 0;
      const wx = x.weight[column] ?? 0;
      const a = (1 - wx) * (1 - wy);
      const b = wx * (1 - wy);
      const c = (1 - wx) * wy;
      const d = wx * wy;
      // |a·A + b·B + c·C + d·D|², A and B above, C and D below
      const squared =
        a * a * (self[top + left] ?? 0) +
        b * b * (self[top + beside] ?? 0) +
        c * c * (self[bottom + left] ?? 0) +
        d * d * (self[bottom + beside] ?? 0) +
        2 * (a * b * (right[top + left] ?? 0) + c * d * (right[bottom + left] ?? 0)) +
        2 * (a * c * (below[top + left] ?? 0) + b * d * (below[top + beside] ?? 0)) +
        2 * (a * d * (diagonal[top + left] ?? 0) + b * c * (antidiagonal[top + left] ?? 0));
      inverse[pixel] = squared > 0 ? 1 / Math.sqrt(squared) : 0;
    }
  }
  return inverse;
}

function bestPixel({ columns, x, y }: PixelGrid, products: Float32Array, inverseLengths: Float32Array): PixelMatch {
  const width = x.first.length;
  const best = { x: 0, y: 0, similarity: Number.NEGATIVE_INFINITY };
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
      const similarity = (above * (1 - wy) + under * wy) * (inverseLengths[pixel] ?? 0);
      if (similarity > best.similarity) {
        best.x = column;
        best.y = row;
        best.similarity = similarity;
      }
    }
  }
  return best;
}
