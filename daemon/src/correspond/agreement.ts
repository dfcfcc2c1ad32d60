import type { Point } from '@samepoint/shared-protocol';
import type { Candidate } from './candidates.js';
import { confidentMatches, fitLayout, type Layout, layoutBonus, NO_LAYOUT } from './layout-prior.js';

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
 * The anchors of a pair of images, which alone have a vote, and what they believe. It does not depend on the points
 * asked for and holds no feature maps, so it can be kept.
 */
export interface AnchorField {
  /** Source pixels. */
  anchors: readonly Point[];
  /** Index of each anchor's first ballot, and the number of all: (anchors + 1). */
  starts: Uint32Array;
  /** A ballot is a candidate believed in enough to vote: x, y, scale, belief. (ballots, 4) */
  ballots: Float64Array;
  /** How well anchors predict each other's best candidates, 0 to 1; little where two layouts have little in common. */
  consensus: number;
  /** How the source is laid out in the target as a whole. */
  layout: Layout;
  /** Longer sides of the two images, in their pixels. */
  sourceSidePx: number;
  targetSidePx: number;
}

const BALLOT = 4;

/** Lets the anchors agree among themselves; without any, a field that says nothing. */
export function settleAnchors(
  anchors: readonly Point[],
  candidates: readonly (readonly Candidate[])[],
  sourceSidePx: number,
  targetSidePx: number,
): AnchorField {
  const rest = { layout: NO_LAYOUT, sourceSidePx, targetSidePx };
  const neighbours = anchors.map((point, n) => chooseNeighbours(point, anchors, n, sourceSidePx));
  let nodes = anchors.map(({ x, y }, n): Node => {
    const own = candidates[n] ?? [];
    return { x, y, candidates: own, beliefs: softmax(own.map(unary)), support: own.map(() => 0) };
  });
  // the last of the rounds is that of the points asked for
  for (let round = 1; round < AGREEMENT.rounds; round++) {
    const field = { anchors, ...toBallots(nodes), consensus: 0, ...rest };
    nodes = nodes.map((node, n) => weigh(node, node.candidates, neighbours[n] ?? [], field));
  }
  const layout = fitLayout(confidentMatches(nodes), sourceSidePx, targetSidePx);
  return { anchors, ...toBallots(nodes), consensus: meanSupport(nodes), ...rest, layout };
}

/**
 * The candidates of a point that is no anchor, weighed by what the anchors around it say.
 * @param layoutPrior whether the layout of the whole has a say, too
 */
export function agree(point: Point, candidates: readonly Candidate[], field: AnchorField, layoutPrior: boolean): Node {
  const neighbours = chooseNeighbours(point, field.anchors, -1, field.sourceSidePx);
  return weigh(point, candidates, neighbours, layoutPrior ? field : { ...field, layout: NO_LAYOUT });
}

interface Neighbour {
  index: number;
  weight: number;
}

function weigh(
  point: Point,
  candidates: readonly Candidate[],
  neighbours: readonly Neighbour[],
  field: AnchorField,
): Node {
  const support = votes(point, candidates, neighbours, field);
  const layout = (candidate: Candidate) => layoutBonus(field.layout, point, candidate, field.targetSidePx);
  const beliefs = softmax(candidates.map((one, k) => unary(one) + gain(support[k] ?? 0) + layout(one)));
  return { x: point.x, y: point.y, candidates, beliefs, support };
}

function unary(candidate: Candidate): number {
  return candidate.similarity / AGREEMENT.temperature + (candidate.returns ? AGREEMENT.cycleGain : 0);
}

function gain(support: number): number {
  return AGREEMENT.agreementGain * Math.log(AGREEMENT.floor + support);
}

/**
 * The nearest anchors, and some spread evenly over the rest, by distance.
 * @param self index of the point where it is an anchor itself
 */
function chooseNeighbours(
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

function toBallots(nodes: readonly Node[]): Pick<AnchorField, 'starts' | 'ballots'> {
  const starts = new Uint32Array(nodes.length + 1);
  const ballots: number[] = [];
  for (const [n, { candidates, beliefs }] of nodes.entries()) {
    for (const [k, { x, y, scale }] of candidates.entries()) {
      const belief = beliefs[k] ?? 0;
      if (belief >= AGREEMENT.minBelief) ballots.push(x, y, scale, belief);
    }
    starts[n + 1] = ballots.length / BALLOT;
  }
  return { starts, ballots: Float64Array.from(ballots) };
}

/** For each candidate, the weighted share of neighbours whose own matches predict it. */
function votes(
  point: Point,
  candidates: readonly Candidate[],
  neighbours: readonly Neighbour[],
  field: AnchorField,
): number[] {
  const { anchors, starts, ballots } = field;
  const sums = candidates.map(() => 0);
  let total = 0;
  for (const { index, weight } of neighbours) {
    const anchor = anchors[index] ?? point;
    const end = BALLOT * (starts[index + 1] ?? 0);
    total += weight;
    for (let at = BALLOT * (starts[index] ?? 0); at < end; at += BALLOT) {
      const scale = ballots[at + 2] ?? 1;
      const dx = scale * (point.x - anchor.x);
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

function meanSupport(nodes: readonly Node[]): number {
  const sum = nodes.reduce((total, { support }) => total + Math.max(0, ...support), 0);
  return nodes.length === 0 ? 0 : sum / nodes.length;
}

function softmax(logits: readonly number[]): number[] {
  const highest = Math.max(...logits);
  const weights = logits.map((logit) => Math.exp(logit - highest));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}
