import type { Point } from '@samepoint/shared-protocol';
import type { Matcher } from '../../correspond/matcher.js';
import {
  type ImageSize,
  interpolateProducts,
  type PixelGrid,
  pixelGrid,
  squaredLengths,
} from '../../correspond/pixel-grid.js';
import { type FeatureMap, toCells, unscaledFeatures } from '../../diffusion/feature-map.js';

/** The pixel that resembles a keypoint most. */
export interface PixelMatch extends Point {
  /** Cosine similarity. */
  similarity: number;
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
  const grid = pixelGrid(to, size, ({ x, y }) => toCells(to, { x: x + 0.5, y: y + 0.5 }));
  const inverse = inverseLengths(to, grid);
  const interpolated = new Float64Array(size.width * size.height);
  const matches: PixelMatch[] = [];
  const queries = keypoints.map(({ x, y }) => ({ x: x + 0.5, y: y + 0.5 }));
  await matcher.forEachSimilarityMap(from, queries, to, (products) => {
    interpolateProducts(grid, products, interpolated);
    matches.push(bestPixel(interpolated, inverse, size.width));
  });
  return matches;
}

/** 1 / length of the up-sampled column of every pixel, row by row; 0 where the column is zero. */
function inverseLengths(map: FeatureMap, grid: PixelGrid): Float32Array {
  return Float32Array.from(squaredLengths(map, grid), (squared) => (squared > 0 ? 1 / Math.sqrt(squared) : 0));
}

function bestPixel(products: Float64Array, inverse: Float32Array, width: number): PixelMatch {
  let [best, similarity] = [0, Number.NEGATIVE_INFINITY];
  for (let pixel = 0; pixel < products.length; pixel++) {
    const value = (products[pixel] ?? 0) * (inverse[pixel] ?? 0);
    if (value > similarity) [best, similarity] = [pixel, value];
  }
  return { x: best % width, y: Math.floor(best / width), similarity };
}
