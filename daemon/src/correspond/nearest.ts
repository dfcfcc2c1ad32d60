import type { Point } from '@samepoint/shared-protocol';
import { cellCentre, type FeatureMap, toCells } from '../diffusion/feature-map.js';
import type { Matcher, Peak } from './matcher.js';

/** Which nearest neighbours are kept, by where the backward match of each ends. */
export const NEAREST_CHECKS = {
  /** All of them. */
  none: Number.POSITIVE_INFINITY,
  /** Those that are each other's nearest: it ends in the cell it started from. */
  mutual: 0,
  /** Those whose backward match ends within a cell of the start. */
  cycle: 1,
} as const;
export type NearestCheck = keyof typeof NEAREST_CHECKS;

/**
 * Nearest neighbours of points in one feature map, without looking at their surroundings: the cell whose unit column is
 * nearest, by cosine or, which is the same for unit columns, by Euclidean distance. Memory does not grow with the number
 * of points, so they may be all cells of a map (`allCells`).
 * @param points pixels of the image of `from`
 * @returns one a point, in their order: null where the check fails
 */
export async function nearestNeighbours(
  matcher: Matcher,
  from: FeatureMap,
  points: readonly Point[],
  to: FeatureMap,
  check: NearestCheck,
): Promise<(Peak | null)[]> {
  const nearest = (await matcher.peaks(from, points, to, 1)).flat();
  if (check === 'none') return nearest;
  const back = (await matcher.peaks(to, nearest, from, 1)).flat();
  return nearest.map((peak, n) => {
    const apart = cellsApart(from, points[n] ?? peak, back[n] ?? peak);
    return apart <= NEAREST_CHECKS[check] ? peak : null;
  });
}

/** The centres of all cells, row by row, in pixels of the map's image. */
export function allCells(map: FeatureMap): Point[] {
  return Array.from({ length: map.rows * map.columns }, (_, cell) => cellCentre(map, cell));
}

/** Distance between the cells that two points lie in, in cells. */
function cellsApart(map: FeatureMap, a: Point, b: Point): number {
  const [p, q] = [toCells(map, a), toCells(map, b)];
  return Math.hypot(Math.round(p.x) - Math.round(q.x), Math.round(p.y) - Math.round(q.y));
}
