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

/** The pixel most similar to a keypoint. */
export interface PixelMatch extends Point {
  /** Cosine similarity. */
  similarity: number;
}

/**
 * Semantic correspondence as in DIFT (Tang et al., 2023, section 4.2): upsamples both feature maps bilinearly to the size of
 * their images, and matches a keypoint to the pixel with the highest cosine similarity, the first in row-major order on ties.
 *
 * The upsampled maps (channels × height × width) are never stored. The product of a query and an upsampled descriptor is
 * interpolated from the products with the surrounding cells, and the length of an upsampled descriptor follows from the
 * products of those cells with each other. Memory is proportional to the image, not to channels or keypoints.
 * @param keypoints pixels of the source image; (0,0) is the centre of the first pixel, as in the data sets
 * @param size of the target image
 * @returns a pixel of the target for each keypoint
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

/** 1 / length of the upsampled descriptor of every pixel, row-major; 0 if the length is 0. */
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
