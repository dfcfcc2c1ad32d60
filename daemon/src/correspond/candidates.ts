import type { Point } from '@samepoint/shared-protocol';
import { type FeatureMap, toCells } from '../diffusion/feature-map.js';
import type { FeaturePyramid } from '../diffusion/feature-pyramid.js';
import type { MatchSettings } from './match-settings.js';
import type { Matcher, Peak } from './matcher.js';

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
  /** Does the backward match return to where it started? */
  returns: boolean;
  /** Target pixels per source pixel that this match implies. */
  scale: number;
  source: FeatureMap;
  target: FeatureMap;
}

/** Two maps whose cells show about the same amount of the design. */
interface LevelPair {
  source: FeatureMap;
  target: FeatureMap;
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
  const found: Candidate[][] = points.map(() => []);
  for (const pair of settings.secondLook ? levelPairs(source, target) : singleLook(source, target)) {
    const peaks = (await matcher.peaks(pair.source, points, pair.target, PEAKS_ASKED)).map((list) =>
      suppress(list, pair.target),
    );
    const returns = settings.backwardCheck ? await backwardCheck(matcher, pair, points, peaks) : [];
    const scale = pair.target.cellWidthPx / pair.source.cellWidthPx;
    for (const [n, list] of peaks.entries()) {
      for (const [rank, { x, y, similarity }] of list.entries()) {
        found[n]?.push({ x, y, similarity, returns: returns[n]?.[rank] ?? false, scale, ...pair });
      }
    }
  }
  return found;
}

function levelPairs(source: FeaturePyramid, target: FeaturePyramid): LevelPair[] {
  const pairs = source.levels.flatMap((a) => target.levels.map((b) => ({ source: a, target: b })));
  return pairs.filter(({ source: a, target: b }) => {
    const ratio = longSideCells(a) / longSideCells(b);
    return Math.max(ratio, 1 / ratio) <= MAX_SCALE_RATIO;
  });
}

/** Both images at the preset's first look, as DIFT does. */
function singleLook(source: FeaturePyramid, target: FeaturePyramid): LevelPair[] {
  const a = source.levels[source.firstLook];
  const b = target.levels[target.firstLook];
  return a === undefined || b === undefined ? [] : [{ source: a, target: b }];
}

function longSideCells(map: FeatureMap): number {
  return Math.max(map.rows, map.columns);
}

/** Keeps the best peaks that are not neighbours of a better one. */
function suppress(peaks: readonly Peak[], map: FeatureMap): Peak[] {
  const kept: Peak[] = [];
  for (const peak of peaks) {
    if (kept.length < PEAKS_KEPT && kept.every((other) => cellsApart(map, peak, other) > SUPPRESSION_CELLS)) {
      kept.push(peak);
    }
  }
  return kept;
}

async function backwardCheck(
  matcher: Matcher,
  { source, target }: LevelPair,
  points: readonly Point[],
  peaks: readonly (readonly Peak[])[],
): Promise<boolean[][]> {
  const back = (await matcher.peaks(target, peaks.flat(), source, 1)).values();
  return peaks.map((list, n) =>
    list.map(() => {
      const returned = back.next().value?.[0];
      const start = points[n];
      return returned !== undefined && start !== undefined && cellsApart(source, returned, start) <= CYCLE_CELLS;
    }),
  );
}

function cellsApart(map: FeatureMap, a: Point, b: Point): number {
  const p = toCells(map, a);
  const q = toCells(map, b);
  return Math.hypot(p.x - q.x, p.y - q.y);
}
