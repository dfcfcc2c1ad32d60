import type { Point } from '@samepoint/shared-protocol';
import type { Candidate } from './candidates.js';
import type { Matcher } from './matcher.js';

/** Similarity of one source point with every cell of the target: one byte a cell, row by row, 255 the most similar. */
export interface Heatmap {
  width: number;
  height: number;
  cells: Uint8Array;
}

/** The heatmap in the pair of levels at which `candidate` was found, stretched from its least to its greatest value. */
export async function similarityHeatmap(matcher: Matcher, point: Point, candidate: Candidate): Promise<Heatmap> {
  const { source, target } = candidate;
  let cells = new Uint8Array();
  await matcher.forEachSimilarityMap(source, [point], target, (similarity) => {
    cells = toBytes(similarity);
  });
  return { width: target.columns, height: target.rows, cells };
}

function toBytes(similarity: Float32Array): Uint8Array<ArrayBuffer> {
  const [lowest, highest] = similarity.reduce<[number, number]>(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
  const range = highest - lowest || 1;
  return Uint8Array.from(similarity, (value) => Math.round((255 * (value - lowest)) / range));
}
