import type { Point } from '@samepoint/shared-protocol';
import { AGREEMENT } from './agreement-settings.js';
import type { Candidate } from './candidates.js';

/** What the anchors of a pair of images vote with. */
export interface Ballots {
  /** Source pixels. */
  anchors: readonly Point[];
  /** Index of each anchor's first ballot, and the number of all: (anchors + 1). */
  starts: Uint32Array;
  /** A ballot is a candidate believed in enough to vote: x, y, scale, belief. (ballots, 4) */
  ballots: Float64Array;
  /** The target's longer side in its pixels. */
  targetSidePx: number;
  /** Does the target lie to the left what the source has to the right, as interfaces do that are read from the other side? */
  mirrored: boolean;
}

/** Numbers of a ballot. */
export const BALLOT = 4;

/** An anchor that votes on a point, and how much. */
export interface Neighbour {
  index: number;
  weight: number;
}

/**
 * The nearest anchors, and some spread evenly over the rest, by distance.
 * @param self index of the point where it is an anchor itself
 */
export function chooseNeighbours(
  here: Point,
  anchors: readonly Point[],
  self: number,
  sourceSidePx: number,
): readonly Neighbour[] {
  const squared = Float64Array.from(anchors, ({ x, y }) => (x - here.x) ** 2 + (y - here.y) ** 2);
  const byDistance = Uint32Array.from(anchors.keys())
    .filter((index) => index !== self)
    .sort((a, b) => (squared[a] ?? 0) - (squared[b] ?? 0));
  const near = byDistance.subarray(0, AGREEMENT.nearNeighbours);
  const far = byDistance.subarray(AGREEMENT.nearNeighbours);
  const step = Math.max(1, far.length / AGREEMENT.farNeighbours);
  const spread = far.filter((_, rank) => Math.floor(rank / step) !== Math.floor((rank - 1) / step));
  const reach = AGREEMENT.reach * sourceSidePx;
  return [...near, ...spread].map((index) => ({
    index,
    weight: Math.exp((-0.5 * (squared[index] ?? 0)) / reach ** 2) + AGREEMENT.farWeight,
  }));
}

/** For each candidate, the weighted share of neighbours whose own matches predict it. */
export function votes(
  point: Point,
  candidates: readonly Candidate[],
  neighbours: readonly Neighbour[],
  field: Ballots,
): number[] {
  const { anchors, starts, ballots } = field;
  const side = field.mirrored ? -1 : 1;
  const sums = candidates.map(() => 0);
  let total = 0;
  for (const { index, weight } of neighbours) {
    const anchor = anchors[index] ?? point;
    const end = BALLOT * (starts[index + 1] ?? 0);
    total += weight;
    for (let at = BALLOT * (starts[index] ?? 0); at < end; at += BALLOT) {
      const scale = ballots[at + 2] ?? 1;
      const dx = side * scale * (point.x - anchor.x);
      const dy = scale * (point.y - anchor.y);
      const predicted = { x: (ballots[at] ?? 0) + dx, y: (ballots[at + 1] ?? 0) + dy };
      addVotes(sums, weight * (ballots[at + 3] ?? 0), candidates, predicted, dx * dx + dy * dy, field.targetSidePx);
    }
  }
  return sums.map((sum) => (total === 0 ? 0 : sum / total));
}

/** Adds to `sums` what a prediction, made over a squared distance in target pixels, says about each candidate. */
function addVotes(
  sums: number[],
  weight: number,
  candidates: readonly Candidate[],
  predicted: Point,
  squaredDistance: number,
  targetSidePx: number,
): void {
  const slack = AGREEMENT.slack * targetSidePx;
  const variance = slack ** 2 + AGREEMENT.scaleUncertainty ** 2 * squaredDistance;
  const strength = (weight * slack) / Math.sqrt(variance);
  let k = 0;
  for (const { x, y } of candidates) {
    const off = ((x - predicted.x) ** 2 + (y - predicted.y) ** 2) / variance;
    if (off < AGREEMENT.negligible) sums[k] = (sums[k] ?? 0) + strength * Math.exp(-0.5 * off);
    k++;
  }
}
