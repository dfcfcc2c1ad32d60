import type { Box, Point } from '@samepoint/shared-protocol';
import { maxZoom, windowAround } from '../diffusion/closer-windows.js';
import { cellCentre, cellSidePx, type FeatureMap, sampleFeatures, toCells } from '../diffusion/feature-map.js';
import type { CloserLook, FeaturePyramid } from '../diffusion/feature-pyramid.js';
import { peakNear, softArgmax } from './refine.js';

export const CLOSER_LOOK = {
  /** How far from the place found before it searches, in cells of the look that found it. */
  reachCells: 2,
  /** A backward match this near the start returns as well as any; in cells of the closer look. */
  returnsCells: 1.5,
} as const;

/** A place that was found by looking at the whole images. */
export interface CoarsePlace {
  source: Point;
  target: Point;
  /** Target pixels per source pixel. */
  scale: number;
  /** Side of the cells it was found with, in pixels of each image. */
  sourceCellPx: number;
  targetCellPx: number;
}

/**
 * From coarse to fine: looks at both ends of every match through windows of a higher resolution, which show them at the
 * same scale, and searches again near the place found. The place stays where the closer look finds its best outside
 * of what it searches, or returns worse than the place found before.
 * @param refinement whether positions are refined to parts of a cell
 * @returns one point of the target a place, in their order; null where the closer look has nothing better to say
 */
export async function lookCloser(
  source: FeaturePyramid,
  target: FeaturePyramid,
  places: readonly CoarsePlace[],
  refinement: boolean,
): Promise<(Point | null)[]> {
  const found: (Point | null)[] = places.map(() => null);
  if (source.closer === undefined || target.closer === undefined) return found;
  for (const { from, to, members } of groupByWindows(source, source.closer, target, target.closer, places)) {
    const sourceMap = await source.closer.window(from);
    const targetMap = await target.closer.window(to);
    for (const { index, place } of members) {
      const near = searchWindows(shiftedInto(place, from, to), sourceMap, targetMap, refinement);
      found[index] = near === null ? null : { x: near.x + to.x, y: near.y + to.y };
    }
  }
  return found;
}

interface WindowGroup {
  from: Box;
  to: Box;
  members: { index: number; place: CoarsePlace }[];
}

/** Places that are seen through the same two windows share them. */
function groupByWindows(
  source: FeaturePyramid,
  sourceCloser: CloserLook,
  target: FeaturePyramid,
  targetCloser: CloserLook,
  places: readonly CoarsePlace[],
): WindowGroup[] {
  const groups = new Map<string, WindowGroup>();
  for (const [index, place] of places.entries()) {
    // as close as both images allow while showing the design at the same scale
    const targetZoom = Math.min(maxZoom(target, targetCloser.size), maxZoom(source, sourceCloser.size) / place.scale);
    const from = windowAround(place.source, source, targetZoom * place.scale, sourceCloser.size);
    const to = windowAround(place.target, target, targetZoom, targetCloser.size);
    if (isWhole(from, source) && isWhole(to, target)) continue;
    const key = JSON.stringify([from, to]);
    const group = groups.get(key) ?? { from, to, members: [] };
    group.members.push({ index, place });
    groups.set(key, group);
  }
  return [...groups.values()];
}

function isWhole({ w, h }: Box, { width, height }: FeaturePyramid): boolean {
  return w === width && h === height;
}

function shiftedInto(place: CoarsePlace, from: Box, to: Box): CoarsePlace {
  const { source, target } = place;
  return {
    ...place,
    source: { x: source.x - from.x, y: source.y - from.y },
    target: { x: target.x - to.x, y: target.y - to.y },
  };
}

/** The place in pixels of the target's window, or null where the one found before is to be kept. */
function searchWindows(place: CoarsePlace, from: FeatureMap, to: FeatureMap, refinement: boolean): Point | null {
  // small images are not shown any closer
  if (cellSidePx(from) >= place.sourceCellPx || cellSidePx(to) >= place.targetCellPx) return null;
  const query = sampleFeatures(from, [place.source]);
  const peak = peakNear(query, to, place.target, CLOSER_LOOK.reachCells * place.targetCellPx);
  if (peak.atEdge) return null;
  const found = refinement ? softArgmax(query, to, peak) : cellCentre(to, peak.y * to.columns + peak.x);
  const returned = cycleCells(place, found, from, to);
  const isBetter = returned <= CLOSER_LOOK.returnsCells || returned <= cycleCells(place, place.target, from, to);
  return isBetter ? found : null;
}

/** How far from its start the backward match of a place ends, in cells of the source's window. */
function cycleCells({ source, sourceCellPx }: CoarsePlace, found: Point, from: FeatureMap, to: FeatureMap): number {
  const back = peakNear(sampleFeatures(to, [found]), from, source, CLOSER_LOOK.reachCells * sourceCellPx);
  const start = toCells(from, source);
  return Math.hypot(back.x - start.x, back.y - start.y);
}
