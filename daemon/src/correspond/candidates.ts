import type { Point } from '@samepoint/shared-protocol';
import { cellSidePx, type FeatureMap, sampleFeatures, toCells } from '../diffusion/feature-map.js';
import type { FeaturePyramid } from '../diffusion/feature-pyramid.js';
import type { MatchSettings } from './match-settings.js';
import type { Matcher, Peak } from './matcher.js';

/** Two levels are compared only if their longer sides differ by at most this factor, in cells. */
const MAX_SCALE_RATIO = 2.1;

/** Peaks per point and pair of levels, before and after non-maximum suppression. */
const PEAKS_FOUND = 4;
const PEAKS_KEPT = 2;
const SUPPRESSION_CELLS = 3;

/** A match is cycle-consistent if its backward match ends this close to the starting point. */
const CYCLE_CELLS = 1.5;

/** Weight of a candidate's own probability when the candidates of one cluster are ranked. */
const OWN_PROBABILITY = 0.1;

/** Fewest rows and columns of cells that an image can be matched by. */
const FEWEST_CELLS = 3;

/** A position in the target that may correspond to a source point, in target pixels. */
export interface Candidate extends Point {
  similarity: number;
  /** Distance from the starting point to the backward match, in cells of the source; infinite without a backward check. */
  cycleCells: number;
  cycleConsistent: boolean;
  /** Target pixels per source pixel, from the cell sizes of the two levels. */
  scale: number;
  levels: LevelPair;
}

/** A source point with its candidates and their scores. */
export interface ScoredPoint extends Point {
  candidates: readonly Candidate[];
  /** Of each candidate; they sum to 1. */
  probabilities: readonly number[];
  /** Share of the neighbours that predict each candidate, 0 to 1. */
  support: readonly number[];
}

/** Indices of two pyramid levels that are compared. */
export interface LevelPair {
  source: number;
  target: number;
}

/** The peaks of every point in one pair of levels. */
interface LevelPeaks {
  levels: LevelPair;
  peaks: Peak[][];
}

/**
 * Candidates of every point over all pairs of levels, as the scale between source and target is unknown.
 * @returns one list per point, in their order
 */
export async function findCandidates(
  matcher: Matcher,
  source: FeaturePyramid,
  target: FeaturePyramid,
  points: readonly Point[],
  settings: MatchSettings,
): Promise<Candidate[][]> {
  const pairs = settings.multiScale ? levelPairs(source, target) : basePair(source, target);
  const forward = await forwardPeaks(matcher, source, target, points, pairs);
  const cycles = settings.cycleConsistency ? await backwardCells(matcher, source, target, points, forward) : [];
  const found: Candidate[][] = points.map(() => []);
  for (const [p, { levels, peaks }] of forward.entries()) {
    const scale = cellSidePx(level(target, levels.target)) / cellSidePx(level(source, levels.source));
    for (const [n, list] of peaks.entries()) {
      for (const [rank, { x, y, similarity }] of list.entries()) {
        const cycleCells = cycles[p]?.[n]?.[rank] ?? Number.POSITIVE_INFINITY;
        found[n]?.push({ x, y, similarity, cycleCells, cycleConsistent: cycleCells <= CYCLE_CELLS, scale, levels });
      }
    }
  }
  return found;
}

/**
 * Whether an image is too uniform or too narrow for any match to be reliable. In a strip no cell has neighbours on all sides,
 * so cells match anywhere, cycle-consistently.
 */
export function isUnmatchable({ blank, levels }: Pick<FeaturePyramid, 'blank' | 'levels'>): boolean {
  return blank || levels.every(({ rows, columns }) => Math.min(rows, columns) < FEWEST_CELLS);
}

/** @throws Error if the pyramid has no such level */
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
  // the levels of a strip and of a square may all differ more
  return near.length > 0 ? near : basePair(source, target);
}

/** The base level of both images, as in DIFT. */
function basePair(source: FeaturePyramid, target: FeaturePyramid): LevelPair[] {
  return [{ source: source.baseLevel, target: target.baseLevel }];
}

function longSideCells(map: FeatureMap): number {
  return Math.max(map.rows, map.columns);
}

/** Searches each level of the target once, with the descriptors of all source levels. */
async function forwardPeaks(
  matcher: Matcher,
  source: FeaturePyramid,
  target: FeaturePyramid,
  points: readonly Point[],
  pairs: readonly LevelPair[],
): Promise<LevelPeaks[]> {
  const descriptors = source.levels.map((map) => sampleFeatures(map, points));
  const found: LevelPeaks[] = [];
  for (const [t, map] of target.levels.entries()) {
    const group = pairs.filter((pair) => pair.target === t);
    const queries = group.flatMap((pair) => descriptors[pair.source] ?? []);
    const peaks = await matcher.peaksOf(queries, map, PEAKS_FOUND);
    for (const [g, levels] of group.entries()) {
      const own = peaks.slice(g * points.length, (g + 1) * points.length);
      found.push({ levels, peaks: own.map((list) => suppressNeighbours(list, map, SUPPRESSION_CELLS, PEAKS_KEPT)) });
    }
  }
  return found;
}

/**
 * Matches every peak back to the source, searching each level of the source once.
 * @returns distances from the starting points in cells, by pair of levels, point and peak
 */
async function backwardCells(
  matcher: Matcher,
  source: FeaturePyramid,
  target: FeaturePyramid,
  points: readonly Point[],
  forward: readonly LevelPeaks[],
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

/**
 * Non-maximum suppression: the best peaks without a better one nearby.
 * @param peaks the best first, in pixels of the image of `map`
 * @param radiusCells distance up to which the lesser of two peaks is dropped
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

/** Candidates close to each other, which several pairs of levels may have found. */
export interface CandidateCluster {
  /** The most probable of them, which gives the position. */
  candidate: Candidate;
  /** Of all of them together. */
  probability: number;
  support: number;
}

/**
 * The clusters of a point's candidates, the most probable first.
 * @param radiusPx distance up to which two candidates belong together, in target pixels
 */
export function rankCandidates(point: ScoredPoint, radiusPx: number): CandidateCluster[] {
  const { candidates, probabilities, support } = point;
  const near = (a: Candidate, b: Candidate) => Math.hypot(a.x - b.x, a.y - b.y) <= radiusPx;
  const ranked = candidates
    .map((candidate, k) => {
      const probability = candidates.reduce(
        (sum, other, j) => sum + (near(other, candidate) ? (probabilities[j] ?? 0) : 0),
        0,
      );
      const rank = probability + OWN_PROBABILITY * (probabilities[k] ?? 0);
      return { candidate, probability, support: support[k] ?? 0, rank };
    })
    .sort((a, b) => b.rank - a.rank);
  const clusters: CandidateCluster[] = [];
  for (const { candidate, probability, support } of ranked) {
    if (!clusters.some((cluster) => near(cluster.candidate, candidate)))
      clusters.push({ candidate, probability, support });
  }
  return clusters;
}
