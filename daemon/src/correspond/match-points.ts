import type { Point } from '@samepoint/shared-protocol';
import type { FeaturePyramid } from '../diffusion/feature-pyramid.js';
import { AGREEMENT, agree, type Node } from './agreement.js';
import { findCandidates } from './candidates.js';
import { confidenceOf } from './confidence.js';
import { type Heatmap, similarityHeatmap } from './heatmap.js';
import { ALL_PARTS, type MatchSettings } from './match-settings.js';
import type { Matcher } from './matcher.js';
import { type Place, rankPlaces } from './places.js';
import { refine } from './refine.js';

/** Anchors: points spread over the source, whose matches tell the asked points apart. */
const ANCHORS = 400;

/** Candidates this near each other are one place; part of the target's longer side. */
const SAME_PLACE = 0.02;

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
  settings: MatchSettings = ALL_PARTS,
): Promise<Match[]> {
  const nodes = await nodesFor(matcher, source, target, points, settings);
  const radiusPx = samePlacePx(target);
  const chosen = nodes.map((point) => ({ point, place: bestPlace(point, radiusPx) }));
  return toMatches(matcher, source, target, chosen, settings);
}

/** One point, the places it may be at (the best first, `count` at most), and how similar every cell of the target is. */
export async function inspectPoint(
  matcher: Matcher,
  source: FeaturePyramid,
  target: FeaturePyramid,
  point: Point,
  count: number,
): Promise<{ matches: Match[]; heatmap: Heatmap }> {
  const [node] = await nodesFor(matcher, source, target, [point], ALL_PARTS);
  if (node === undefined) throw new Error('every point has a node');
  const places = rankPlaces(node, samePlacePx(target)).slice(0, count);
  const best = bestPlace(node, samePlacePx(target));
  const chosen = places.map((place) => ({ point: node, place }));
  return {
    matches: await toMatches(matcher, source, target, chosen, ALL_PARTS),
    heatmap: await similarityHeatmap(matcher, point, best.candidate),
  };
}

async function nodesFor(
  matcher: Matcher,
  source: FeaturePyramid,
  target: FeaturePyramid,
  points: readonly Point[],
  settings: MatchSettings,
): Promise<Node[]> {
  const all = [...points, ...anchors(source)];
  const candidates = await findCandidates(matcher, source, target, all, settings);
  const rounds = settings.agreement ? AGREEMENT.rounds : 0;
  return agree(all, candidates, points.length, longSide(source), longSide(target), rounds).slice(0, points.length);
}

function bestPlace(node: Node, radiusPx: number): Place {
  const [best] = rankPlaces(node, radiusPx);
  if (best === undefined) throw new Error('every point has a place');
  return best;
}

async function toMatches(
  matcher: Matcher,
  source: FeaturePyramid,
  target: FeaturePyramid,
  chosen: readonly { point: Point; place: Place }[],
  settings: MatchSettings,
): Promise<Match[]> {
  const found = chosen.map(({ point, place }) => ({ point, candidate: place.candidate }));
  const nothingToFind = source.blank || target.blank;
  const refined = settings.refinement ? await refine(matcher, found) : [];
  return chosen.map(({ place: { candidate, belief, support } }, n) => {
    const { x, y, similarity, returns, scale } = candidate;
    const confidence = nothingToFind ? 0 : confidenceOf({ similarity, returns, belief, support });
    return { point: inside(refined[n] ?? { x, y }, target), similarity, confidence, scale };
  });
}

/** The last cell of a map may reach past the image. */
function inside({ x, y }: Point, { width, height }: FeaturePyramid): Point {
  return { x: Math.min(x, width), y: Math.min(y, height) };
}

function samePlacePx(target: FeaturePyramid): number {
  return SAME_PLACE * longSide(target);
}

/** A grid of about `ANCHORS` points, every second row shifted by half a step. */
function anchors({ width, height }: FeaturePyramid): Point[] {
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

function longSide({ width, height }: FeaturePyramid): number {
  return Math.max(width, height);
}
