import type { Point } from '@samepoint/shared-protocol';
import { toCells } from '../diffusion/feature-map.js';
import type { Candidate } from './candidates.js';
import type { Matcher } from './matcher.js';

/** Window soft-argmax: half the window's side in cells, and the similarity that changes a weight by a factor e. */
const RADIUS_CELLS = 2;
const TEMPERATURE = 0.02;

/**
 * Sub-cell position of a match: the mean of the cells around it, weighted by similarity (window soft-argmax).
 * @param point the source point, in pixels
 * @returns pixels of the target image
 */
export async function refine(matcher: Matcher, point: Point, candidate: Candidate): Promise<Point> {
  const { source, target } = candidate;
  const similarity = await matcher.similarityMap(source, point, target);
  const centre = toCells(target, candidate);
  const sum = { x: 0, y: 0, weight: 0 };
  for (const { x, y } of windowAround(Math.round(centre.x), Math.round(centre.y), target.columns, target.rows)) {
    const weight = Math.exp(((similarity[y * target.columns + x] ?? 0) - candidate.similarity) / TEMPERATURE);
    sum.x += weight * (x + 0.5);
    sum.y += weight * (y + 0.5);
    sum.weight += weight;
  }
  return { x: (sum.x / sum.weight) * target.cellWidthPx, y: (sum.y / sum.weight) * target.cellHeightPx };
}

function* windowAround(column: number, row: number, columns: number, rows: number): Generator<Point> {
  for (let y = Math.max(0, row - RADIUS_CELLS); y <= Math.min(rows - 1, row + RADIUS_CELLS); y++) {
    for (let x = Math.max(0, column - RADIUS_CELLS); x <= Math.min(columns - 1, column + RADIUS_CELLS); x++)
      yield { x, y };
  }
}
