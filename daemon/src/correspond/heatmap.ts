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
  const similarity = await matcher.similarityMap(source, point, target);
  const [lowest, highest] = similarity.reduce<[number, number]>(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
  const range = highest - lowest || 1;
  const cells = Uint8Array.from(similarity, (value) => Math.round((255 * (value - lowest)) / range));
  return { width: target.columns, height: target.rows, cells };
}
