import type { Point } from '@samepoint/shared-protocol';
import type { FeaturePyramid } from '../diffusion/feature-pyramid.js';
import { agree, type Node } from './agreement.js';
import { type Candidate, findCandidates } from './candidates.js';
import { confidenceOf } from './confidence.js';
import type { Matcher } from './matcher.js';
import { refine } from './refine.js';

/** Anchors: points spread over the source, whose matches tell the asked points apart. */
const ANCHORS = 400;

/** Candidates this near each other are one place; part of the target's longer side. */
const SAME_PLACE = 0.02;

/** Among candidates of one place, the one believed in most gives the position. */
const TIE_BREAK = 0.1;

/** Where a source point is in the target image, in its pixels. */
export interface Match {
  point: Point;
  /** Cosine similarity of the two feature columns. */
  similarity: number;
  /** Probability that the match is right. */
  confidence: number;
  /** Target pixels per source pixel at this place. */
  scale: number;
}

/**
 * Finds source points in the target: nearest neighbours in unit features over several scales (Tang et al., 2023, use
 * one), a backward check, agreement among neighbours, sub-cell refinement.
 * @param points pixels of the source image
 * @returns one match a point, in their order
 */
export async function matchPoints(
  matcher: Matcher,
  source: FeaturePyramid,
  target: FeaturePyramid,
  points: readonly Point[],
): Promise<Match[]> {
  const all = [...points, ...anchors(source)];
  const candidates = await findCandidates(matcher, source, target, all);
  const nodes = agree(all, candidates, longSide(source), longSide(target));
  const radiusPx = SAME_PLACE * longSide(target);
  return Promise.all(nodes.slice(0, points.length).map((node) => toMatch(matcher, node, radiusPx)));
}

async function toMatch(matcher: Matcher, node: Node, radiusPx: number): Promise<Match> {
  const { candidate, belief, support } = bestOf(node, radiusPx);
  return {
    point: await refine(matcher, node, candidate),
    similarity: candidate.similarity,
    confidence: confidenceOf({ similarity: candidate.similarity, returns: candidate.returns, belief, support }),
    scale: candidate.scale,
  };
}

/** The place believed in most: several pairs of levels may have found it, and their beliefs add up. */
function bestOf(node: Node, radiusPx: number): { candidate: Candidate; belief: number; support: number } {
  const places = node.candidates.map((candidate) => placeBelief(node, candidate, radiusPx));
  const index = indexOfMax(places.map((place, k) => place + TIE_BREAK * (node.beliefs[k] ?? 0)));
  const candidate = node.candidates[index];
  if (candidate === undefined) throw new Error('every point has a candidate');
  return { candidate, belief: places[index] ?? 0, support: node.support[index] ?? 0 };
}

function placeBelief(node: Node, place: Point, radiusPx: number): number {
  return node.candidates.reduce((sum, { x, y }, k) => {
    return Math.hypot(x - place.x, y - place.y) <= radiusPx ? sum + (node.beliefs[k] ?? 0) : sum;
  }, 0);
}

function indexOfMax(values: readonly number[]): number {
  return values.reduce((best, value, index) => (value > (values[best] ?? 0) ? index : best), 0);
}

/** A grid of about `ANCHORS` points, every second row shifted by half a step. */
function anchors({ width, height }: FeaturePyramid): Point[] {
  const step = Math.sqrt((width * height) / ANCHORS);
  const points: Point[] = [];
  for (let row = 0; (row + 0.5) * step < height; row++) {
    for (let x = (row % 2 === 0 ? 0.25 : 0.75) * step; x < width; x += step) points.push({ x, y: (row + 0.5) * step });
  }
  return points;
}

function longSide({ width, height }: FeaturePyramid): number {
  return Math.max(width, height);
}
