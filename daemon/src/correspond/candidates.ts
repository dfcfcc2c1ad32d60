import type { Point } from '@samepoint/shared-protocol';
import { cellSidePx, type FeatureMap, sampleFeatures, toCells } from '../diffusion/feature-map.js';
import type { FeaturePyramid } from '../diffusion/feature-pyramid.js';
import type { MatchSettings } from './match-settings.js';
import type { Matcher, Peak } from './matcher.js';
import { suppressNeighbours } from './peaks.js';

/** Source and target may be shown at scales that differ by at most this factor. */
const MAX_SCALE_RATIO = 2.1;

/** Peaks asked for, and kept after those close to a better one are dropped. */
const PEAKS_ASKED = 4;
const PEAKS_KEPT = 2;
const SUPPRESSION_CELLS = 3;

/** A backward match this near the starting point closes the cycle. */
const CYCLE_CELLS = 1.5;

/** A place where a source point might be. */
export interface Candidate extends Point {
  similarity: number;
  /** How far from its start the backward match ends, in cells of the source; infinite where it was not looked at. */
  cycleCells: number;
  /** Does the backward match return to where it started? */
  returns: boolean;
  /** Target pixels per source pixel that this match implies. */
  scale: number;
  levels: LevelPair;
}

/** Indices of two levels whose cells show about the same amount of the design. */
export interface LevelPair {
  source: number;
  target: number;
}

/** The peaks of every point in one pair of levels. */
interface PairPeaks {
  levels: LevelPair;
  peaks: Peak[][];
}

/**
 * Candidates of every point, over all pairs of levels: which two sizes show the design at the same scale is not known
 * beforehand.
 * @returns one list a point, in the order of `points`
 */
export async function findCandidates(
  matcher: Matcher,
  source: FeaturePyramid,
  target: FeaturePyramid,
  points: readonly Point[],
  settings: MatchSettings,
): Promise<Candidate[][]> {
  const pairs = settings.secondLook ? levelPairs(source, target) : singleLook(source, target);
  const forward = await forwardPeaks(matcher, source, target, points, pairs);
  const cycles = settings.backwardCheck ? await backwardCells(matcher, source, target, points, forward) : [];
  const found: Candidate[][] = points.map(() => []);
  for (const [p, { levels, peaks }] of forward.entries()) {
    const scale = cellSidePx(level(target, levels.target)) / cellSidePx(level(source, levels.source));
    for (const [n, list] of peaks.entries()) {
      for (const [rank, { x, y, similarity }] of list.entries()) {
        const cycleCells = cycles[p]?.[n]?.[rank] ?? Number.POSITIVE_INFINITY;
        found[n]?.push({ x, y, similarity, cycleCells, returns: cycleCells <= CYCLE_CELLS, scale, levels });
      }
    }
  }
  return found;
}

/** @throws Error where the pyramid has no such level */
export function level({ levels }: FeaturePyramid, index: number): FeatureMap {
  const map = levels[index];
  if (map === undefined) throw new Error(`there is no level ${index}`);
  return map;
}

function levelPairs(source: FeaturePyramid, target: FeaturePyramid): LevelPair[] {
  const pairs = [...source.levels.keys()].flatMap((a) =>
    [...target.levels.keys()].map((b) => ({ source: a, target: b })),
  );
  const near = pairs.filter(({ source: a, target: b }) => {
    const ratio = longSideCells(level(source, a)) / longSideCells(level(target, b));
    return Math.max(ratio, 1 / ratio) <= MAX_SCALE_RATIO;
  });
  // a single look at a strip and one at a square may be further apart, and there is no other
  return near.length > 0 ? near : singleLook(source, target);
}

/** Both images at the preset's first look, as DIFT does. */
function singleLook(source: FeaturePyramid, target: FeaturePyramid): LevelPair[] {
  return [{ source: source.baseLevel, target: target.baseLevel }];
}

function longSideCells(map: FeatureMap): number {
  return Math.max(map.rows, map.columns);
}

/** Each level of the target is searched once, for the points as every level of the source shows them. */
async function forwardPeaks(
  matcher: Matcher,
  source: FeaturePyramid,
  target: FeaturePyramid,
  points: readonly Point[],
  pairs: readonly LevelPair[],
): Promise<PairPeaks[]> {
  const sampled = source.levels.map((map) => sampleFeatures(map, points));
  const found: PairPeaks[] = [];
  for (const [t, map] of target.levels.entries()) {
    const group = pairs.filter((pair) => pair.target === t);
    const queries = group.flatMap((pair) => sampled[pair.source] ?? []);
    const peaks = await matcher.peaksOf(queries, map, PEAKS_ASKED);
    for (const [g, levels] of group.entries()) {
      const own = peaks.slice(g * points.length, (g + 1) * points.length);
      found.push({ levels, peaks: own.map((list) => suppressNeighbours(list, map, SUPPRESSION_CELLS, PEAKS_KEPT)) });
    }
  }
  return found;
}

/**
 * Where the best match of every peak in the source lies, each level of the source being searched once.
 * @returns distances from the start in cells, by pair of levels, point and peak
 */
async function backwardCells(
  matcher: Matcher,
  source: FeaturePyramid,
  target: FeaturePyramid,
  points: readonly Point[],
  forward: readonly PairPeaks[],
): Promise<number[][][]> {
  const cells: number[][][] = forward.map(() => []);
  for (const [s, map] of source.levels.entries()) {
    const group = [...forward.entries()].filter(([, { levels }]) => levels.source === s);
    const queries = group.map(([, { levels, peaks }]) => sampleFeatures(level(target, levels.target), peaks.flat()));
    const back = (await matcher.peaksOf(queries, map, 1)).values();
    for (const [p, { peaks }] of group) {
      cells[p] = peaks.map((list, n) => list.map(() => cellsApart(map, back.next().value?.[0], points[n])));
    }
  }
  return cells;
}

function cellsApart(map: FeatureMap, a: Point | undefined, b: Point | undefined): number {
  if (a === undefined || b === undefined) return Number.POSITIVE_INFINITY;
  const [p, q] = [toCells(map, a), toCells(map, b)];
  return Math.hypot(p.x - q.x, p.y - q.y);
}
