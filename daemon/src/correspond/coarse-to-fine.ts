import type { Box, Point } from '@samepoint/shared-protocol';
import { cellCentre, cellSidePx, type FeatureMap, sampleFeatures, toCells } from '../diffusion/feature-map.js';
import type { FeaturePyramid, FineWindows } from '../diffusion/feature-pyramid.js';
import { maxZoom, windowAround } from '../diffusion/fine-windows.js';
import { peakNear, softArgmax } from './soft-argmax.js';

export const COARSE_TO_FINE = {
  /** Search radius around a coarse match, in its cells. */
  reachCells: 2,
  /** Backward matches that end this close to the starting point are equally cycle-consistent; in fine cells. */
  cycleCells: 1.5,
  /** Largest correction, as part of the target's longer side. A larger one is more often wrong than right. */
  maxMove: 0.01,
} as const;

/** A match in the pyramids of the whole images. */
export interface CoarseMatch {
  source: Point;
  target: Point;
  /** Target pixels per source pixel. */
  scale: number;
  /** Side of a cell in pixels of each image. */
  sourceCellPx: number;
  targetCellPx: number;
}

/**
 * Coarse-to-fine refinement: matches each source point again in windows of higher resolution around both ends of its match. A
 * match keeps its position if the best fine cell is too far away, on the border of the search, or less cycle-consistent.
 * @param subCell refine further by soft-argmax
 * @returns one position in the target per match, in their order; null for those that keep theirs
 */
export async function refineMatches(
  source: FeaturePyramid,
  target: FeaturePyramid,
  matches: readonly CoarseMatch[],
  subCell: boolean,
): Promise<(Point | null)[]> {
  const refined: (Point | null)[] = matches.map(() => null);
  if (source.fine === undefined || target.fine === undefined) return refined;
  const maxMovePx = COARSE_TO_FINE.maxMove * Math.max(target.width, target.height);
  for (const { from, to, members } of groupByWindows(source, source.fine, target, target.fine, matches)) {
    const sourceMap = await source.fine.window(from);
    const targetMap = await target.fine.window(to);
    for (const { index, match } of members) {
      const local = matchInWindows(shiftInto(match, from, to), sourceMap, targetMap, subCell);
      const position = local === null ? null : { x: local.x + to.x, y: local.y + to.y };
      refined[index] = position !== null && distance(position, match.target) <= maxMovePx ? position : null;
    }
  }
  return refined;
}

interface WindowGroup {
  from: Box;
  to: Box;
  members: { index: number; match: CoarseMatch }[];
}

/** Groups the matches that share both windows. Skips those whose windows are the whole images. */
function groupByWindows(
  source: FeaturePyramid,
  sourceWindows: FineWindows,
  target: FeaturePyramid,
  targetWindows: FineWindows,
  matches: readonly CoarseMatch[],
): WindowGroup[] {
  const groups = new Map<string, WindowGroup>();
  for (const [index, match] of matches.entries()) {
    // the largest zoom at which both windows have the same scale
    const targetZoom = Math.min(maxZoom(target, targetWindows.size), maxZoom(source, sourceWindows.size) / match.scale);
    const from = windowAround(match.source, source, targetZoom * match.scale, sourceWindows.size);
    const to = windowAround(match.target, target, targetZoom, targetWindows.size);
    if (isWhole(from, source) && isWhole(to, target)) continue;
    const key = JSON.stringify([from, to]);
    const group = groups.get(key) ?? { from, to, members: [] };
    group.members.push({ index, match });
    groups.set(key, group);
  }
  return [...groups.values()];
}

function isWhole({ w, h }: Box, { width, height }: FeaturePyramid): boolean {
  return w === width && h === height;
}

function shiftInto(match: CoarseMatch, from: Box, to: Box): CoarseMatch {
  const { source, target } = match;
  return {
    ...match,
    source: { x: source.x - from.x, y: source.y - from.y },
    target: { x: target.x - to.x, y: target.y - to.y },
  };
}

/** The refined position in pixels of the target window; null if the match keeps its own. */
function matchInWindows(match: CoarseMatch, from: FeatureMap, to: FeatureMap, subCell: boolean): Point | null {
  // small images are not enlarged further
  if (cellSidePx(from) >= match.sourceCellPx || cellSidePx(to) >= match.targetCellPx) return null;
  const query = sampleFeatures(from, [match.source]);
  const peak = peakNear(query, to, match.target, COARSE_TO_FINE.reachCells * match.targetCellPx);
  if (peak.atEdge) return null;
  const refined = subCell ? softArgmax(query, to, peak) : cellCentre(to, peak.y * to.columns + peak.x);
  const cycle = cycleCells(match, refined, from, to);
  const isBetter = cycle <= COARSE_TO_FINE.cycleCells || cycle <= cycleCells(match, match.target, from, to);
  return isBetter ? refined : null;
}

/** Distance from the source point to the backward match of a target position, in cells of the source window. */
function cycleCells({ source, sourceCellPx }: CoarseMatch, position: Point, from: FeatureMap, to: FeatureMap): number {
  const back = peakNear(sampleFeatures(to, [position]), from, source, COARSE_TO_FINE.reachCells * sourceCellPx);
  const start = toCells(from, source);
  return Math.hypot(back.x - start.x, back.y - start.y);
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
