import type { Point } from '@samepoint/shared-protocol';
import type { Candidate } from './candidates.js';

/**
 * Equal rows of a list and equal words look the same; what surrounds them tells them apart. Every candidate is
 * weighed by how well the matches of its neighbours predict it, a few times over, as in relaxation labelling
 * (Rosenfeld, Hummel and Zucker, 1976). Neighbours only pull, softly: nothing is moved, candidates are only chosen.
 */
export const AGREEMENT = {
  /** Similarity that changes the odds by a factor e. */
  temperature: 0.05,
  /** Logarithm of the odds that a closed cycle adds. */
  cycleGain: 1,
  /** Exponent of the neighbours' vote. */
  agreementGain: 3,
  /** Vote below which neighbours say nothing. */
  floor: 0.02,
  rounds: 3,
  nearNeighbours: 32,
  farNeighbours: 16,
  /** Distance at which a neighbour's vote fades, as part of the source's longer side; never quite to nothing. */
  reach: 0.25,
  farWeight: 0.05,
  /** How far a prediction may be off: part of the target's longer side, plus part of the distance. */
  slack: 0.015,
  scaleUncertainty: 0.2,
  /** Squared deviations, in variances, beyond which a vote is nothing. */
  negligible: 25,
  /** Beliefs below this do not vote. */
  minBelief: 0.05,
} as const;

/** A source point with its candidates, and the belief in each of them; beliefs of a point sum to 1. */
export interface Node extends Point {
  candidates: readonly Candidate[];
  beliefs: readonly number[];
  /** How well neighbours predict each candidate, 0 to 1. */
  support: readonly number[];
}

/**
 * @param points source points in pixels: those asked for, then the anchors, which alone have a vote
 * @param firstAnchor index of the first anchor
 * @param sourceSidePx longer side of the source image; `targetSidePx` of the target
 */
export function agree(
  points: readonly Point[],
  candidates: readonly (readonly Candidate[])[],
  firstAnchor: number,
  sourceSidePx: number,
  targetSidePx: number,
  rounds: number = AGREEMENT.rounds,
): Node[] {
  let nodes = points.map(({ x, y }, n) => {
    const own = candidates[n] ?? [];
    return { x, y, candidates: own, beliefs: softmax(own.map(unary)), support: own.map(() => 0) };
  });
  const neighbours = nodes.map((_, n) => chooseNeighbours(points, n, firstAnchor));
  for (let round = 0; round < rounds; round++) {
    const previous = nodes;
    nodes = previous.map((node, n) => {
      const around = (neighbours[n] ?? []).flatMap((m) => previous[m] ?? []);
      const support = votes(node, around, sourceSidePx, targetSidePx);
      return { ...node, support, beliefs: softmax(node.candidates.map((c, k) => unary(c) + gain(support[k] ?? 0))) };
    });
  }
  return nodes;
}

function unary(candidate: Candidate): number {
  return candidate.similarity / AGREEMENT.temperature + (candidate.returns ? AGREEMENT.cycleGain : 0);
}

function gain(support: number): number {
  return AGREEMENT.agreementGain * Math.log(AGREEMENT.floor + support);
}

/** The nearest anchors, and some spread evenly over the rest, by distance. */
function chooseNeighbours(points: readonly Point[], n: number, firstAnchor: number): number[] {
  const here = points[n] ?? { x: 0, y: 0 };
  const squared = points.map((point) => (point.x - here.x) ** 2 + (point.y - here.y) ** 2);
  const byDistance = [...points.keys()]
    .filter((index) => index >= firstAnchor && index !== n)
    .sort((a, b) => (squared[a] ?? 0) - (squared[b] ?? 0));
  const near = byDistance.slice(0, AGREEMENT.nearNeighbours);
  const far = byDistance.slice(AGREEMENT.nearNeighbours);
  const step = Math.max(1, far.length / AGREEMENT.farNeighbours);
  return [...near, ...far.filter((_, rank) => Math.floor(rank / step) !== Math.floor((rank - 1) / step))];
}

/** For each candidate of `node`, the weighted share of neighbours whose own matches predict it. */
function votes(node: Node, around: readonly Node[], sourceSidePx: number, targetSidePx: number): number[] {
  const sums = node.candidates.map(() => 0);
  let total = 0;
  for (const neighbour of around) {
    const distance = Math.hypot(node.x - neighbour.x, node.y - neighbour.y);
    const weight = Math.exp(-0.5 * (distance / (AGREEMENT.reach * sourceSidePx)) ** 2) + AGREEMENT.farWeight;
    total += weight;
    for (const [k, candidate] of neighbour.candidates.entries()) {
      const belief = neighbour.beliefs[k] ?? 0;
      if (belief >= AGREEMENT.minBelief) addVotes(sums, weight * belief, node, neighbour, candidate, targetSidePx);
    }
  }
  return sums.map((sum) => (total === 0 ? 0 : sum / total));
}

/** Adds to `sums` what one candidate of a neighbour says about each candidate of `node`. */
function addVotes(
  sums: number[],
  weight: number,
  node: Node,
  neighbour: Point,
  { x, y, scale }: Candidate,
  targetSidePx: number,
): void {
  const dx = scale * (node.x - neighbour.x);
  const dy = scale * (node.y - neighbour.y);
  const slack = AGREEMENT.slack * targetSidePx;
  const variance = slack ** 2 + AGREEMENT.scaleUncertainty ** 2 * (dx ** 2 + dy ** 2);
  const strength = (weight * slack) / Math.sqrt(variance);
  for (const [own, candidate] of node.candidates.entries()) {
    const off = ((candidate.x - x - dx) ** 2 + (candidate.y - y - dy) ** 2) / variance;
    if (off < AGREEMENT.negligible) sums[own] = (sums[own] ?? 0) + strength * Math.exp(-0.5 * off);
  }
}

function softmax(logits: readonly number[]): number[] {
  const highest = Math.max(...logits);
  const weights = logits.map((logit) => Math.exp(logit - highest));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}
