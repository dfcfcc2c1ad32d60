import type { Point } from '@samepoint/shared-protocol';

/** Finds points of one image of a set in others of it, target by target; null where a point has no counterpart. */
export type FindPoints = (
  source: number,
  points: readonly Point[],
  targets: readonly number[],
) => Promise<readonly (readonly (Point | null)[])[]>;

/** Where a point ends that is first looked for in another image of the set, and from there in the target. */
export interface Way {
  /** Index of the image between. */
  via: number;
  point: Point | null;
}

/** Places this near each other are the same; part of the target's longer side. */
const SAME_PLACE = 0.02;

/**
 * Matches all pairs of a set: what was found of a source in every other image is looked for from each of these in all the
 * rest. Where several ways end at the same place, that place is sure; matches that are wrong seldom agree.
 * @param direct by image and point, where the source's points were found
 * @returns by image and point, the ways through every image that has the point
 */
export async function allWays(direct: readonly (readonly (Point | null)[])[], find: FindPoints): Promise<Way[][][]> {
  const ways = direct.map((places) => places.map((): Way[] => []));
  for (const [via, places] of direct.entries()) {
    const others = [...direct.keys()].filter((image) => image !== via);
    const found = [...places.entries()].flatMap(([index, point]) => (point === null ? [] : [{ index, point }]));
    if (others.length === 0 || found.length === 0) continue;
    const points = found.map(({ point }) => point);
    const answers = await find(via, points, others);
    for (const [n, image] of others.entries()) {
      for (const [k, { index }] of found.entries()) ways[image]?.[index]?.push({ via, point: answers[n]?.[k] ?? null });
    }
  }
  return ways;
}

/** How many ways end where the point was found directly; those of a point that was not found, nowhere. */
export function agreeing(direct: Point | null, ways: readonly Way[], targetSidePx: number): number {
  return ways.filter(({ point }) => {
    if (point === null || direct === null) return point === direct;
    return Math.hypot(point.x - direct.x, point.y - direct.y) <= SAME_PLACE * targetSidePx;
  }).length;
}
