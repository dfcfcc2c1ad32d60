import type { Point } from '@samepoint/shared-protocol';
import { type FeatureMap, toCells } from '../diffusion/feature-map.js';

/**
 * Non-maximum suppression: the best peaks that are no neighbours of a better one.
 * @param peaks the best first, in pixels of the image of `map`
 * @param radiusCells peaks this near each other are one
 * @param count how many to keep at most
 */
export function suppressNeighbours<T extends Point>(
  peaks: readonly T[],
  map: FeatureMap,
  radiusCells: number,
  count: number,
): T[] {
  const kept: { peak: T; cell: Point }[] = [];
  for (const peak of peaks) {
    if (kept.length === count) break;
    const cell = toCells(map, peak);
    const free = kept.every((other) => Math.hypot(cell.x - other.cell.x, cell.y - other.cell.y) > radiusCells);
    if (free) kept.push({ peak, cell });
  }
  return kept.map(({ peak }) => peak);
}
