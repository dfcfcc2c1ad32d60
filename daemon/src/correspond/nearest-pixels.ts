import type { Point } from '@samepoint/shared-protocol';
import { type FeatureMap, sampleUnscaled } from '../diffusion/feature-map.js';
import type { FeaturePyramid } from '../diffusion/feature-pyramid.js';
import type { Matcher } from './matcher.js';
import { type ImageSize, interpolateProducts, pixelGrid, squaredLengths } from './pixel-grid.js';

/** A feature map and the size of its image. */
interface MappedImage {
  map: FeatureMap;
  size: ImageSize;
}

/**
 * Nearest pixels of the target as in the published edit propagation: unit descriptors are interpolated bilinearly with
 * `align_corners`, and compared by Euclidean distance without normalisation. There is no backward check, so every pixel has a
 * match; of equal ones, the first in row-major order.
 * Source: edit_propagation.ipynb of Tang et al., 2023, which interpolates the map instead of the distances.
 * @param pixels of the source; (0,0) is the centre of the first
 * @returns one pixel of the target per pixel, in their order
 */
export async function nearestPixels(
  matcher: Matcher,
  source: FeaturePyramid,
  target: FeaturePyramid,
  pixels: readonly Point[],
): Promise<Point[]> {
  const [from, to] = [mapped(source), mapped(target)];
  const { map, size } = to;
  const grid = pixelGrid(map, size, (pixel) => alignedCell(to, pixel));
  const squared = squaredLengths(map, grid);
  const queries = pixels.map((pixel) => centreOf(from.map, alignedCell(from, pixel)));
  const lengths = lengthsOf(sampleUnscaled(from.map, queries), from.map.channels);
  const products = new Float64Array(size.width * size.height);
  const nearest: Point[] = [];
  await matcher.forEachSimilarityMap(from.map, queries, map, (similarity, index) => {
    interpolateProducts(grid, similarity, products);
    const pixel = nearestPixel(products, squared, lengths[index] ?? 0);
    nearest.push({ x: pixel % size.width, y: Math.floor(pixel / size.width) });
  });
  return nearest;
}

/** Minimises |q − t|² = |q|² + |t|² − 2·|q|·(q/|q|)·t, without its constant first term. */
function nearestPixel(products: Float64Array, squared: Float64Array, length: number): number {
  let [nearest, least] = [0, Number.POSITIVE_INFINITY];
  for (let pixel = 0; pixel < products.length; pixel++) {
    const distance = (squared[pixel] ?? 0) - 2 * length * (products[pixel] ?? 0);
    if (distance < least) [nearest, least] = [pixel, distance];
  }
  return nearest;
}

function mapped({ levels, baseLevel, width, height }: FeaturePyramid): MappedImage {
  const map = levels[baseLevel];
  if (map === undefined) throw new Error('a pyramid has the level of its first look');
  return { map, size: { width, height } };
}

function alignedCell({ map: { columns, rows }, size: { width, height } }: MappedImage, { x, y }: Point): Point {
  const aligned = (pixel: number, pixels: number, cells: number) =>
    pixels > 1 ? Math.min((pixel * (cells - 1)) / (pixels - 1), cells - 1) : 0;
  return { x: aligned(x, width, columns), y: aligned(y, height, rows) };
}

/** From cells to pixels of the feature map. */
function centreOf({ cellWidthPx, cellHeightPx }: FeatureMap, { x, y }: Point): Point {
  return { x: (x + 0.5) * cellWidthPx, y: (y + 0.5) * cellHeightPx };
}

function lengthsOf(descriptors: Float32Array, channels: number): number[] {
  return Array.from({ length: descriptors.length / channels }, (_, n) =>
    Math.sqrt(descriptors.subarray(n * channels, (n + 1) * channels).reduce((sum, value) => sum + value * value, 0)),
  );
}
