import type { Point } from '@samepoint/shared-protocol';
import { type FeatureMap, sampleFeatures, toCells } from '../diffusion/feature-map.js';

/** Window soft-argmax: half the window's side in cells, and the similarity that changes a weight by a factor e. */
const RADIUS_CELLS = 2;
const TEMPERATURE = 0.02;

/**
 * Sub-cell position of a match: the mean of the cells around it, weighted by similarity (window soft-argmax).
 * @param point pixels of the image of `from`
 * @param found where it was found, in pixels of the image of `to`
 * @returns pixels of the image of `to`
 */
export function refine(from: FeatureMap, point: Point, to: FeatureMap, found: Point): Point {
  const query = sampleFeatures(from, [point]);
  const centre = toCells(to, found);
  const window = [...windowAround(Math.round(centre.x), Math.round(centre.y), to)].map((cell) => ({
    ...cell,
    similarity: similarityAt(query, to, cell),
  }));
  const highest = Math.max(...window.map(({ similarity }) => similarity));
  const sum = { x: 0, y: 0, weight: 0 };
  for (const { x, y, similarity } of window) {
    const weight = Math.exp((similarity - highest) / TEMPERATURE);
    sum.x += weight * (x + 0.5);
    sum.y += weight * (y + 0.5);
    sum.weight += weight;
  }
  return { x: (sum.x / sum.weight) * to.cellWidthPx, y: (sum.y / sum.weight) * to.cellHeightPx };
}

function similarityAt(query: Float32Array, { chw, channels, rows, columns }: FeatureMap, { x, y }: Point): number {
  let sum = 0;
  for (let c = 0, at = y * columns + x; c < channels; c++, at += rows * columns)
    sum += (query[c] ?? 0) * (chw[at] ?? 0);
  return sum;
}

function* windowAround(column: number, row: number, { columns, rows }: FeatureMap): Generator<Point> {
  for (let y = Math.max(0, row - RADIUS_CELLS); y <= Math.min(rows - 1, row + RADIUS_CELLS); y++) {
    for (let x = Math.max(0, column - RADIUS_CELLS); x <= Math.min(columns - 1, column + RADIUS_CELLS); x++) {
      yield { x, y };
    }
  }
}
