import type { Point } from '@samepoint/shared-protocol';
import type { FeaturePyramid } from '../diffusion/feature-pyramid.js';
import { type AnchorVotes, chooseNeighbours, type Neighbour, neighbourSupport, VOTE_LENGTH } from './anchor-votes.js';
import { type Candidate, findCandidates, type ScoredPoint } from './candidates.js';
import type { MatchSettings } from './match-settings.js';
import type { Matcher } from './matcher.js';

/** How candidates are scored by similarity, cycle consistency and the votes of the anchors around them. */
export const CONSENSUS = {
  /** Difference in similarity that changes the odds by a factor e. */
  temperature: 0.05,
  /** Log-odds of a closed cycle. */
  cycleGain: 1,
  /** Exponent of the neighbours' support. */
  supportGain: 2,
  /** Added to the support, so that a candidate without any stays possible. */
  supportFloor: 0.02,
  /** Consensus of the anchors up to which their votes do not count for other points, and from which they count in full. */
  trust: { from: 0.05, to: 0.13 },
  /**
   * The pair is mirrored if the mirrored consensus is at least `atLeast`, and at least `ratio` times the other one: votes from
   * above and below support both. Not tested if the consensus exceeds `upTo`, or the anchors span less than
   * `breadth` of the source's longer side, as left and right are then too close to each other.
   */
  mirrored: { ratio: 0.33, atLeast: 0.04, upTo: 0.4, breadth: 0.2 },
  rounds: 3,
  /** Candidates with less probability do not vote. */
  minProbability: 0.05,
} as const;

/** Number of anchors: points spread evenly over the source, whose matches vote on those of all other points. */
const ANCHORS = 200;

/**
 * What a pair of images needs to match any point: the anchors and their votes. It depends neither on the points nor on the
 * feature maps, so it can be cached.
 */
export interface PreparedPair extends AnchorVotes {
  /** Mean support of the best candidates of the anchors, 0 to 1; low if two layouts have little in common. */
  consensus: number;
  /** The source's longer side in its pixels. */
  sourceSidePx: number;
}

/**
 * Matches the anchors of a pair of images: most of the work of matching. Cache the result for further points of the same pair
 * and settings. It takes tens of kilobytes.
 */
export async function preparePair(
  matcher: Matcher,
  source: FeaturePyramid,
  target: FeaturePyramid,
  settings: MatchSettings,
): Promise<PreparedPair> {
  const anchors = settings.consensus ? anchorGrid(source) : [];
  const candidates = await findCandidates(matcher, source, target, anchors, settings);
  return anchorConsensus(anchors, candidates, longSidePx(source), longSidePx(target));
}

export function longSidePx({ width, height }: { width: number; height: number }): number {
  return Math.max(width, height);
}

/** A grid of about `ANCHORS` points, every second row shifted by half a step. */
function anchorGrid({ width, height }: FeaturePyramid): Point[] {
  const step = Math.sqrt((width * height) / ANCHORS);
  // a strip thinner than a step still gets one row, or one column
  const [stepX, stepY] = [Math.min(step, width), Math.min(step, height)];
  const points: Point[] = [];
  for (let row = 0; (row + 0.5) * stepY < height; row++) {
    for (let x = (row % 2 === 0 ? 0.25 : 0.75) * stepX; x < width; x += stepX)
      points.push({ x, y: (row + 0.5) * stepY });
  }
  return points;
}

/**
 * Equal rows of a list have similar descriptors; their neighbourhoods tell them apart. Each candidate is scored by the
 * support of its neighbours' matches, over several rounds: relaxation labelling (Rosenfeld, Hummel and Zucker, 1976).
 * Positions do not change, only probabilities.
 * @param candidates of each anchor
 * @returns without anchors, a pair without votes
 */
export function anchorConsensus(
  anchors: readonly Point[],
  candidates: readonly (readonly Candidate[])[],
  sourceSidePx: number,
  targetSidePx: number,
): PreparedPair {
  const neighbours = anchors.map((point, n) => chooseNeighbours(point, anchors, n, sourceSidePx));
  const relaxed = (mirrored: boolean) =>
    relax(anchors, candidates, neighbours, { targetSidePx, mirrored, sourceSidePx });
  const upright = relaxed(false);
  const { ratio, atLeast, upTo, breadth } = CONSENSUS.mirrored;
  if (upright.consensus > upTo || breadthOf(anchors) < breadth * sourceSidePx) return upright;
  const mirrored = relaxed(true);
  return mirrored.consensus >= Math.max(atLeast, ratio * upright.consensus) ? mirrored : upright;
}

function relax(
  anchors: readonly Point[],
  candidates: readonly (readonly Candidate[])[],
  neighbours: readonly (readonly Neighbour[])[],
  pair: Pick<PreparedPair, 'targetSidePx' | 'sourceSidePx' | 'mirrored'>,
): PreparedPair {
  let points = anchors.map(({ x, y }, n): ScoredPoint => {
    const own = candidates[n] ?? [];
    return { x, y, candidates: own, probabilities: softmax(own.map(unaryScore)), support: own.map(() => 0) };
  });
  // `scoreCandidates` is the last round
  for (let round = 1; round < CONSENSUS.rounds; round++) {
    const votes = { anchors, ...votesOf(points), ...pair };
    points = points.map((point, n) => rescore(point, point.candidates, neighbours[n] ?? [], votes, 1));
  }
  return { anchors, ...votesOf(points), ...pair, consensus: meanSupport(points) };
}

/** Scores the candidates of any point by the votes of the anchors around it. */
export function scoreCandidates(point: Point, candidates: readonly Candidate[], pair: PreparedPair): ScoredPoint {
  const neighbours = chooseNeighbours(point, pair.anchors, -1, pair.sourceSidePx);
  // if rows moved, the neighbours of a point do not predict its position
  return rescore(point, candidates, neighbours, pair, linearStep(pair.consensus, CONSENSUS.trust));
}

/** @param trust factor of the neighbours' log-odds, 0 to 1 */
function rescore(
  { x, y }: Point,
  candidates: readonly Candidate[],
  neighbours: readonly Neighbour[],
  votes: AnchorVotes,
  trust: number,
): ScoredPoint {
  const support = neighbourSupport({ x, y }, candidates, neighbours, votes);
  const scores = candidates.map((candidate, k) => unaryScore(candidate) + trust * supportScore(support[k] ?? 0));
  return { x, y, candidates, probabilities: softmax(scores), support };
}

/** Distance between the leftmost and the rightmost anchor, in source pixels. */
function breadthOf(anchors: readonly Point[]): number {
  const xs = anchors.map(({ x }) => x);
  return anchors.length === 0 ? 0 : Math.max(...xs) - Math.min(...xs);
}

function unaryScore({ similarity, cycleConsistent }: Candidate): number {
  return similarity / CONSENSUS.temperature + (cycleConsistent ? CONSENSUS.cycleGain : 0);
}

function supportScore(support: number): number {
  return CONSENSUS.supportGain * Math.log(CONSENSUS.supportFloor + support);
}

function votesOf(points: readonly ScoredPoint[]): Pick<AnchorVotes, 'starts' | 'votes'> {
  const starts = new Uint32Array(points.length + 1);
  const votes: number[] = [];
  for (const [n, { candidates, probabilities }] of points.entries()) {
    for (const [k, { x, y, scale }] of candidates.entries()) {
      const probability = probabilities[k] ?? 0;
      if (probability >= CONSENSUS.minProbability) votes.push(x, y, scale, probability);
    }
    starts[n + 1] = votes.length / VOTE_LENGTH;
  }
  return { starts, votes: Float64Array.from(votes) };
}

function meanSupport(points: readonly ScoredPoint[]): number {
  const sum = points.reduce((total, { support }) => total + Math.max(0, ...support), 0);
  return points.length === 0 ? 0 : sum / points.length;
}

function softmax(logits: readonly number[]): number[] {
  const highest = Math.max(...logits);
  const weights = logits.map((logit) => Math.exp(logit - highest));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** 0 up to `from`, 1 from `to`, linear between: a clamped inverse interpolation. */
function linearStep(value: number, { from, to }: { from: number; to: number }): number {
  return Math.min(1, Math.max(0, (value - from) / (to - from)));
}
