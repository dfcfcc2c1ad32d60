import type { Point } from '@samepoint/shared-protocol';
import type { FeaturePyramid } from '../diffusion/feature-pyramid.js';
import { type AnchorField, agree, type Node } from './agreement.js';
import { longSidePx, preparePair } from './anchors.js';
import { findCandidates, level } from './candidates.js';
import { confidenceOf, type MatchSigns } from './confidence.js';
import { type SimilarityMap, similarityMap } from './heatmap.js';
import { ALL_PARTS, type MatchSettings } from './match-settings.js';
import type { Matcher } from './matcher.js';
import { type Place, rankPlaces } from './places.js';
import { refine } from './refine.js';

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

/** In the very same image a point is where it is; equal things in it would only make that doubtful. */
export function matchItself(point: Point): Match {
  return { point, similarity: 1, confidence: 1, scale: 1 };
}

/** A match with what its confidence was made of. */
export interface ExplainedMatch extends Match {
  signs: MatchSigns;
  /** Does the backward match return to where it started? */
  returns: boolean;
}

/**
 * Finds source points in the target: nearest neighbours in unit features over several scales (Tang et al., 2023, use
 * one), a backward check, agreement among neighbours, sub-cell refinement.
 * @param points pixels of the source image
 * @param prepared what `preparePair` gave for the same images and settings, if it was kept
 * @returns one match a point, in their order
 */
export async function matchPoints(
  matcher: Matcher,
  source: FeaturePyramid,
  target: FeaturePyramid,
  points: readonly Point[],
  settings: MatchSettings = ALL_PARTS,
  prepared?: AnchorField,
): Promise<ExplainedMatch[]> {
  const nodes = await nodesFor(matcher, source, target, points, settings, prepared);
  return nodes.map((node) => {
    const [match] = toMatches(node, 1, source, target, settings);
    if (match === undefined) throw new Error('every point has a place');
    return match;
  });
}

/**
 * One point, the places it may be at (the best first, `count` at most), and how similar every cell of the target is in
 * the pair of levels at which the best was found.
 */
export async function inspectPoint(
  matcher: Matcher,
  source: FeaturePyramid,
  target: FeaturePyramid,
  point: Point,
  count: number,
  settings: MatchSettings = ALL_PARTS,
  prepared?: AnchorField,
): Promise<{ matches: ExplainedMatch[]; similarity: SimilarityMap }> {
  const [node] = await nodesFor(matcher, source, target, [point], settings, prepared);
  if (node === undefined) throw new Error('every point has a node');
  const matches = toMatches(node, count, source, target, settings);
  const [best] = rankPlaces(node, samePlacePx(target));
  if (best === undefined) throw new Error('every point has a place');
  const { levels } = best.candidate;
  const [from, to] = [level(source, levels.source), level(target, levels.target)];
  return {
    matches,
    similarity: await similarityMap(matcher, from, point, to),
  };
}

async function nodesFor(
  matcher: Matcher,
  source: FeaturePyramid,
  target: FeaturePyramid,
  points: readonly Point[],
  settings: MatchSettings,
  prepared: AnchorField | undefined,
): Promise<Node[]> {
  const field = prepared ?? (await preparePair(matcher, source, target, settings));
  const candidates = await findCandidates(matcher, source, target, points, settings);
  return points.map((point, n) => agree(point, candidates[n] ?? [], field));
}

/** The `count` best places of a point. */
function toMatches(
  node: Node,
  count: number,
  source: FeaturePyramid,
  target: FeaturePyramid,
  settings: MatchSettings,
): ExplainedMatch[] {
  const places = rankPlaces(node, samePlacePx(target)).slice(0, count);
  return places.map((place) => toMatch(node, place, source, target, settings));
}

function toMatch(
  point: Point,
  { candidate, belief, support }: Place,
  source: FeaturePyramid,
  target: FeaturePyramid,
  { refinement, calibration }: MatchSettings,
): ExplainedMatch {
  const { levels, similarity, cycleCells, returns, scale } = candidate;
  const [from, to] = [level(source, levels.source), level(target, levels.target)];
  const { x, y } = refinement ? refine(from, point, to, candidate) : candidate;
  const signs = { similarity, cycleCells, belief, support };
  const nothingToFind = source.blank || target.blank;
  return {
    // the last cell of a map may reach past the image
    point: { x: Math.min(x, target.width), y: Math.min(y, target.height) },
    similarity,
    confidence: nothingToFind ? 0 : confidenceOf(signs, calibration),
    scale,
    signs,
    returns,
  };
}

function samePlacePx(target: FeaturePyramid): number {
  return SAME_PLACE * longSidePx(target);
}
