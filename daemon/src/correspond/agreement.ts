import type { Point } from '@samepoint/shared-protocol';
import { AGREEMENT } from './agreement-settings.js';
import type { Candidate } from './candidates.js';
import { confidentMatches, fitLayout, type Layout } from './layout-prior.js';
import { BALLOT, type Ballots, chooseNeighbours, type Neighbour, votes } from './neighbour-votes.js';
import { ramp } from './ramp.js';

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
export interface AnchorField extends Ballots {
  /** How well anchors predict each other's best candidates, 0 to 1; little where two layouts have little in common. */
  consensus: number;
  /** How the source is laid out in the target as a whole. */
  layout: Layout;
  /** The source's longer side in its pixels. */
  sourceSidePx: number;
}

/**
 * Equal rows of a list and equal words look the same; what surrounds them tells them apart. Every candidate is
 * weighed by how well the matches of its neighbours predict it, a few times over, as in relaxation labelling
 * (Rosenfeld, Hummel and Zucker, 1976). Neighbours only pull, softly: nothing is moved, candidates are only chosen.
 *
 * Lets the anchors agree among themselves; without any, a field that says nothing.
 */
export function settleAnchors(
  anchors: readonly Point[],
  candidates: readonly (readonly Candidate[])[],
  sourceSidePx: number,
  targetSidePx: number,
): AnchorField {
  const neighbours = anchors.map((point, n) => chooseNeighbours(point, anchors, n, sourceSidePx));
  const settled = (mirrored: boolean) =>
    settle(anchors, candidates, neighbours, sourceSidePx, { targetSidePx, mirrored });
  const asIs = settled(false);
  const { from, atLeast, upTo, breadth } = AGREEMENT.mirrored;
  if (asIs.consensus > upTo || broadness(anchors) < breadth * sourceSidePx) return asIs;
  const mirrored = settled(true);
  return mirrored.consensus >= Math.max(atLeast, from * asIs.consensus) ? mirrored : asIs;
}

function settle(
  anchors: readonly Point[],
  candidates: readonly (readonly Candidate[])[],
  neighbours: readonly (readonly Neighbour[])[],
  sourceSidePx: number,
  sides: Pick<Ballots, 'targetSidePx' | 'mirrored'>,
): AnchorField {
  let nodes = anchors.map(({ x, y }, n): Node => {
    const own = candidates[n] ?? [];
    return { x, y, candidates: own, beliefs: softmax(own.map(unary)), support: own.map(() => 0) };
  });
  // the last of the rounds is that of the points asked for
  for (let round = 1; round < AGREEMENT.rounds; round++) {
    const field = { anchors, ...toBallots(nodes), ...sides };
    nodes = nodes.map((node, n) => weigh(node, node.candidates, neighbours[n] ?? [], field));
  }
  const layout = fitLayout(confidentMatches(nodes), sourceSidePx, sides.targetSidePx);
  return { anchors, ...toBallots(nodes), ...sides, consensus: meanSupport(nodes), layout, sourceSidePx };
}

/** The candidates of a point that is no anchor, weighed by what the anchors around it say. */
export function agree(point: Point, candidates: readonly Candidate[], field: AnchorField): Node {
  const neighbours = chooseNeighbours(point, field.anchors, -1, field.sourceSidePx);
  // where rows have moved, what was beside a thing no longer says where it is
  const trust = ramp(field.consensus, AGREEMENT.trust);
  return weigh(point, candidates, neighbours, field, trust);
}

/** @param trust how much the neighbours' vote counts, 0 to 1 */
function weigh(
  point: Point,
  candidates: readonly Candidate[],
  neighbours: readonly Neighbour[],
  field: Ballots,
  trust = 1,
): Node {
  const support = votes(point, candidates, neighbours, field);
  const beliefs = softmax(candidates.map((one, k) => unary(one) + trust * gain(support[k] ?? 0)));
  return { x: point.x, y: point.y, candidates, beliefs, support };
}

/** How far apart the outermost anchors are from left to right, in source pixels. */
function broadness(anchors: readonly Point[]): number {
  const across = anchors.map(({ x }) => x);
  return anchors.length === 0 ? 0 : Math.max(...across) - Math.min(...across);
}

function unary(candidate: Candidate): number {
  return candidate.similarity / AGREEMENT.temperature + (candidate.returns ? AGREEMENT.cycleGain : 0);
}

function gain(support: number): number {
  return AGREEMENT.agreementGain * Math.log(AGREEMENT.floor + support);
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
