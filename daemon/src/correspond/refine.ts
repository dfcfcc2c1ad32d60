import type { Point } from '@samepoint/shared-protocol';
import { type FeatureMap, toCells } from '../diffusion/feature-map.js';
import type { Candidate } from './candidates.js';
import type { Matcher } from './matcher.js';

/** Window soft-argmax: half the window's side in cells, and the similarity that changes a weight by a factor e. */
const RADIUS_CELLS = 2;
const TEMPERATURE = 0.02;

/** A source point, in pixels, and the candidate chosen for it. */
export interface ChosenMatch {
  point: Point;
  candidate: Candidate;
}

/**
 * Sub-cell positions of matches: the mean of the cells around each, weighted by similarity (window soft-argmax).
 * @returns pixels of the target image, in the order of `chosen`
 */
export async function refine(matcher: Matcher, chosen: readonly ChosenMatch[]): Promise<Point[]> {
  const refined = chosen.map(({ candidate: { x, y } }) => ({ x, y }));
  for (const group of byLevelPair(chosen)) {
    const { source, target } = group.pair;
    const points = group.indices.map((index) => chosen[index]?.point ?? { x: 0, y: 0 });
    await matcher.forEachSimilarityMap(source, points, target, (similarity, n) => {
      const index = group.indices[n] ?? 0;
      const match = chosen[index];
      if (match !== undefined) refined[index] = windowMean(similarity, match.candidate);
    });
  }
  return refined;
}

interface Group {
  pair: { source: FeatureMap; target: FeatureMap };
  /** Places in the list of matches. */
  indices: number[];
}

function byLevelPair(chosen: readonly ChosenMatch[]): Group[] {
  const groups: Group[] = [];
  for (const [index, { candidate }] of chosen.entries()) {
    const { source, target } = candidate;
    const known = groups.find(({ pair }) => pair.source === source && pair.target === target);
    if (known === undefined) groups.push({ pair: { source, target }, indices: [index] });
    else known.indices.push(index);
  }
  return groups;
}

function windowMean(similarity: Float32Array, candidate: Candidate): Point {
  const { target } = candidate;
  const centre = toCells(target, candidate);
  const sum = { x: 0, y: 0, weight: 0 };
  for (const { x, y } of windowAround(Math.round(centre.x), Math.round(centre.y), target)) {
    const weight = Math.exp(((similarity[y * target.columns + x] ?? 0) - candidate.similarity) / TEMPERATURE);
    sum.x += weight * (x + 0.5);
    sum.y += weight * (y + 0.5);
    sum.weight += weight;
  }
  return { x: (sum.x / sum.weight) * target.cellWidthPx, y: (sum.y / sum.weight) * target.cellHeightPx };
}

function* windowAround(column: number, row: number, { columns, rows }: FeatureMap): Generator<Point> {
  for (let y = Math.max(0, row - RADIUS_CELLS); y <= Math.min(rows - 1, row + RADIUS_CELLS); y++) {
    for (let x = Math.max(0, column - RADIUS_CELLS); x <= Math.min(columns - 1, column + RADIUS_CELLS); x++) {
      yield { x, y };
    }
  }
}
