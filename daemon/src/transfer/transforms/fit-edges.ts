import type { Box } from '@samepoint/shared-protocol';
import { type Correspondence, median } from './fit-similarity.js';

/** What it takes to move an edge; tried out on drawn screens whose elements change size. */
const EDGES = {
  /** How many points of an edge have a say: those nearest to it, one line of the grid. */
  points: 4,
  /** Confidence that must stand behind one place, as a share of what those points could have. */
  support: 0.25,
  /** Points that say less than this, in tolerances, are noise: the transform is surer than four of them. */
  moved: 0.3,
  /** Sides do not change by more than this factor beyond the common scale. */
  maxFactor: 2,
} as const;

type Axis = 'x' | 'y';

/** A box that an upright similarity placed, and what it was placed by. */
export interface UprightPlace {
  /** In the source. */
  box: Box;
  /** In the target. */
  placed: Box;
  correspondences: readonly Correspondence[];
  /** Target pixels a source pixel. */
  scale: number;
  tolerancePx: number;
}

/**
 * Lets each edge of a placed box follow the points next to it, as an element may be wider or higher in the target while
 * what is in it keeps its size and its distance from the edges. An edge that its points do not agree on stays.
 */
export function fitEdges(place: UprightPlace): Box {
  const { box, placed } = place;
  const [left, right] = fitSide(place, 'x', [box.x, box.x + box.w], [placed.x, placed.x + placed.w]);
  const [top, bottom] = fitSide(place, 'y', [box.y, box.y + box.h], [placed.y, placed.y + placed.h]);
  return { x: left, y: top, w: right - left, h: bottom - top };
}

type Side = readonly [low: number, high: number];

function fitSide(place: UprightPlace, axis: Axis, source: Side, placed: Side): Side {
  const along = [...place.correspondences].sort((a, b) => a.source[axis] - b.source[axis]);
  const low = fitEdge(place, axis, source[0], placed[0], along.slice(0, EDGES.points));
  const high = fitEdge(place, axis, source[1], placed[1], along.slice(-EDGES.points));
  const factor = (high - low) / (placed[1] - placed[0]);
  return factor >= 1 / EDGES.maxFactor && factor <= EDGES.maxFactor ? [low, high] : placed;
}

/** Where the points say the edge is, each by its own distance from it. */
function fitEdge(
  { scale, tolerancePx }: UprightPlace,
  axis: Axis,
  source: number,
  placed: number,
  points: readonly Correspondence[],
): number {
  const votes = points.map((point) => ({
    edge: point.target[axis] + scale * (source - point.source[axis]),
    weight: point.weight,
  }));
  const groups = votes.map(({ edge }) => votes.filter((vote) => Math.abs(vote.edge - edge) <= tolerancePx));
  const support = (group: typeof votes) => group.reduce((sum, { weight }) => sum + weight, 0);
  const heaviest = groups.reduce((best, group) => (support(group) > support(best) ? group : best), []);
  if (support(heaviest) < EDGES.support * points.length) return placed;
  const found = median(heaviest.map(({ edge }) => edge));
  return Math.abs(found - placed) > EDGES.moved * tolerancePx ? found : placed;
}
