import type { Point } from '@samepoint/shared-protocol';
import type { FeatureMap } from '../diffusion/feature-map.js';
import type { Matcher } from './matcher.js';

/** Cosine similarity of one source point to every cell of the target, row by row. */
export interface SimilarityMap {
  width: number;
  height: number;
  cells: Float32Array;
}

/** A similarity map with one byte per cell: 0 is the `lowest` similarity, 255 the `highest`. */
export interface Heatmap {
  width: number;
  height: number;
  lowest: number;
  highest: number;
  cells: Uint8Array;
}

/** @param point pixels of the image of `from` */
export async function similarityMap(
  matcher: Matcher,
  from: FeatureMap,
  point: Point,
  to: FeatureMap,
): Promise<SimilarityMap> {
  let cells = new Float32Array();
  await matcher.forEachSimilarityMap(from, [point], to, (similarity) => {
    cells = similarity.slice();
  });
  return { width: to.columns, height: to.rows, cells };
}

/** Scales a similarity map to the full range of bytes. */
export function toHeatmap({ width, height, cells }: SimilarityMap): Heatmap {
  let [lowest, highest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of cells) {
    lowest = Math.min(lowest, value);
    highest = Math.max(highest, value);
  }
  const range = highest - lowest || 1;
  return {
    width,
    height,
    lowest,
    highest,
    cells: Uint8Array.from(cells, (value) => Math.round((255 * (value - lowest)) / range)),
  };
}
