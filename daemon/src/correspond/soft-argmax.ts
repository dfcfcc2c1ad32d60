import type { Point } from '@samepoint/shared-protocol';
import { type FeatureMap, sampleFeatures, toCells } from '../diffusion/feature-map.js';

/** Window soft-argmax: half the window's side in cells, and the similarity that changes a weight by a factor e. */
const RADIUS_CELLS = 2;
const TEMPERATURE = 0.02;

/** Rows and columns of cells, both ends inclusive. */
interface CellWindow {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** Column and row of a cell, and its similarity to a query. */
interface SimilarCell extends Point {
  similarity: number;
}

/** The cell most similar to a query in a part of a map. */
export interface CellPeak extends SimilarCell {
  /** The cell is on the border of the search window but not of the map, so a better one may lie beyond. */
  atEdge: boolean;
}

/**
 * Sub-cell position of a match: the mean of the cells around it, weighted by similarity (window soft-argmax).
 * @param point pixels of the image of `from`
 * @param match pixels of the image of `to`
 * @returns pixels of the image of `to`
 */
export function refineInMap(from: FeatureMap, point: Point, to: FeatureMap, match: Point): Point {
  return softArgmax(sampleFeatures(from, [point]), to, toCells(to, match));
}

/**
 * Window soft-argmax around a cell.
 * @param query a descriptor
 * @param cell column and row, (0,0) is the first
 * @returns pixels of the map's image
 */
export function softArgmax(query: Float32Array, map: FeatureMap, cell: Point): Point {
  const window = similarCells(query, map, cellsAround(map, cell, { x: RADIUS_CELLS, y: RADIUS_CELLS }));
  const highest = Math.max(...window.map(({ similarity }) => similarity));
  const sum = { x: 0, y: 0, weight: 0 };
  for (const { x, y, similarity } of window) {
    const weight = Math.exp((similarity - highest) / TEMPERATURE);
    sum.x += weight * (x + 0.5);
    sum.y += weight * (y + 0.5);
    sum.weight += weight;
  }
  return { x: (sum.x / sum.weight) * map.cellWidthPx, y: (sum.y / sum.weight) * map.cellHeightPx };
}

/**
 * The most similar cell within `reachPx` of a position along each axis, and at least within one cell.
 * @param query a descriptor
 * @param near pixels of the map's image
 */
export function peakNear(query: Float32Array, map: FeatureMap, near: Point, reachPx: number): CellPeak {
  const reach = { x: Math.max(1, reachPx / map.cellWidthPx), y: Math.max(1, reachPx / map.cellHeightPx) };
  const window = cellsAround(map, toCells(map, near), reach);
  const best = similarCells(query, map, window).reduce((a, b) => (b.similarity > a.similarity ? b : a));
  const { left, right, top, bottom } = window;
  const endsAt = (cell: number, first: number, last: number, cells: number) =>
    (cell === first && first > 0) || (cell === last && last < cells - 1);
  return { ...best, atEdge: endsAt(best.x, left, right, map.columns) || endsAt(best.y, top, bottom, map.rows) };
}

function cellsAround({ columns, rows }: FeatureMap, cell: Point, reach: Point): CellWindow {
  const [x, y] = [Math.round(cell.x), Math.round(cell.y)];
  const [across, down] = [Math.round(reach.x), Math.round(reach.y)];
  return {
    left: Math.max(0, x - across),
    right: Math.min(columns - 1, x + across),
    top: Math.max(0, y - down),
    bottom: Math.min(rows - 1, y + down),
  };
}

function similarCells(
  query: Float32Array,
  { chw, channels, rows, columns }: FeatureMap,
  { left, right, top, bottom }: CellWindow,
): SimilarCell[] {
  const cells: SimilarCell[] = [];
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      let similarity = 0;
      for (let c = 0, at = y * columns + x; c < channels; c++, at += rows * columns)
        similarity += (query[c] ?? 0) * (chw[at] ?? 0);
      cells.push({ x, y, similarity });
    }
  }
  return cells;
}
