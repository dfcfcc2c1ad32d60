import type { Point } from '@samepoint/shared-protocol';
import type { Candidate } from './candidates.js';

/** How the anchors around a point vote on its candidates. */
export const VOTING = {
  nearNeighbours: 32,
  /** Neighbours spread evenly over the remaining anchors. */
  farNeighbours: 16,
  /** Standard deviation of the weight of a vote over distance, as part of the source's longer side. */
  reach: 0.25,
  /** Weight of a vote from any distance. */
  farWeight: 0.05,
  /** Standard deviation of a prediction: part of the target's longer side, plus part of the distance. */
  tolerance: 0.015,
  scaleUncertainty: 0.2,
  /** Squared deviations, in variances, beyond which a vote counts as zero. */
  negligible: 25,
} as const;

/** The votes of the anchors of a pair of images, as flat arrays. */
export interface AnchorVotes {
  /** Source pixels. */
  anchors: readonly Point[];
  /** Index of the first vote of each anchor, and the number of all votes: (anchors + 1). */
  starts: Uint32Array;
  /** One vote per likely candidate of an anchor: x, y, scale, probability. (votes, 4) */
  votes: Float64Array;
  /** The target's longer side in its pixels. */
  targetSidePx: number;
  /** Has one of the images a right-to-left layout and the other a left-to-right one? */
  mirrored: boolean;
}

/** Numbers per vote. */
export const VOTE_LENGTH = 4;

/** An anchor that votes on a point, and the weight of its votes. */
export interface Neighbour {
  index: number;
  weight: number;
}

/**
 * The nearest anchors, and some of the others, spread evenly by distance.
 * @param self index of the point if it is an anchor itself, otherwise −1
 */
export function chooseNeighbours(
  point: Point,
  anchors: readonly Point[],
  self: number,
  sourceSidePx: number,
): readonly Neighbour[] {
  const squared = Float64Array.from(anchors, ({ x, y }) => (x - point.x) ** 2 + (y - point.y) ** 2);
  const byDistance = Uint32Array.from(anchors.keys())
    .filter((index) => index !== self)
    .sort((a, b) => (squared[a] ?? 0) - (squared[b] ?? 0));
  const near = byDistance.subarray(0, VOTING.nearNeighbours);
  const far = byDistance.subarray(VOTING.nearNeighbours);
  const step = Math.max(1, far.length / VOTING.farNeighbours);
  const spread = far.filter((_, rank) => Math.floor(rank / step) !== Math.floor((rank - 1) / step));
  const reach = VOTING.reach * sourceSidePx;
  return [...near, ...spread].map((index) => ({
    index,
    weight: Math.exp((-0.5 * (squared[index] ?? 0)) / reach ** 2) + VOTING.farWeight,
  }));
}

/**
 * Hough voting: the match of each neighbour predicts where the point is.
 * @returns for each candidate, the weighted share of neighbours that predict it, 0 to 1
 */
export function neighbourSupport(
  point: Point,
  candidates: readonly Candidate[],
  neighbours: readonly Neighbour[],
  { anchors, starts, votes, targetSidePx, mirrored }: AnchorVotes,
): number[] {
  const direction = mirrored ? -1 : 1;
  const sums = candidates.map(() => 0);
  let total = 0;
  for (const { index, weight } of neighbours) {
    const anchor = anchors[index] ?? point;
    const end = VOTE_LENGTH * (starts[index + 1] ?? 0);
    total += weight;
    for (let at = VOTE_LENGTH * (starts[index] ?? 0); at < end; at += VOTE_LENGTH) {
      const scale = votes[at + 2] ?? 1;
      const dx = direction * scale * (point.x - anchor.x);
      const dy = scale * (point.y - anchor.y);
      const predicted = { x: (votes[at] ?? 0) + dx, y: (votes[at + 1] ?? 0) + dy };
      addVote(sums, weight * (votes[at + 3] ?? 0), candidates, predicted, dx * dx + dy * dy, targetSidePx);
    }
  }
  return sums.map((sum) => (total === 0 ? 0 : sum / total));
}

/**
 * Adds one prediction to the sums of the candidates near it.
 * @param squaredDistance between the point and the anchor, in target pixels
 */
function addVote(
  sums: number[],
  weight: number,
  candidates: readonly Candidate[],
  predicted: Point,
  squaredDistance: number,
  targetSidePx: number,
): void {
  const tolerance = VOTING.tolerance * targetSidePx;
  const variance = tolerance ** 2 + VOTING.scaleUncertainty ** 2 * squaredDistance;
  const strength = (weight * tolerance) / Math.sqrt(variance);
  let k = 0;
  for (const { x, y } of candidates) {
    const off = ((x - predicted.x) ** 2 + (y - predicted.y) ** 2) / variance;
    if (off < VOTING.negligible) sums[k] = (sums[k] ?? 0) + strength * Math.exp(-0.5 * off);
    k++;
  }
}
