import type { Point } from '@samepoint/shared-protocol';
import { cellSidePx, sampleFeatures } from '../diffusion/feature-map.js';
import type { FeaturePyramid } from '../diffusion/feature-pyramid.js';
import { binSimilarity } from '../diffusion/networks/no-counterpart.js';
import { type AnchorField, agree, type Node } from './agreement.js';
import { longSidePx, preparePair } from './anchors.js';
import { type Candidate, findCandidates, level } from './candidates.js';
import { type CoarsePlace, lookCloser } from './closer-look.js';
import { confidenceOf, type MatchSigns } from './confidence.js';
import { type SimilarityMap, similarityMap } from './heatmap.js';
import { exactScale, type Layout } from './layout-prior.js';
import { ALL_PARTS, type MatchSettings } from './match-settings.js';
import type { Matcher } from './matcher.js';
import { type Place, rankPlaces } from './places.js';
import { refine } from './refine.js';
import { saysNothing } from './says-nothing.js';

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
  /** Do the images have left and right exchanged, as interfaces do that are read from the other side? */
  mirrored: boolean;
}

/** In the very same image a point is where it is; equal things in it would only make that doubtful. */
export function matchItself(point: Point): Match {
  return { point, similarity: 1, confidence: 1, scale: 1, mirrored: false };
}

/** A match with what its confidence was made of. */
export interface ExplainedMatch extends Match {
  signs: MatchSigns;
  /** Does the backward match return to where it started? */
  returns: boolean;
}

/**
 * Finds source points in the target: nearest neighbours in unit features over several scales (Tang et al., 2023, use
 * one), a backward check, agreement among neighbours, sub-cell refinement, a closer look.
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
  const field = prepared ?? (await preparePair(matcher, source, target, settings));
  const nodes = await nodesFor(matcher, source, target, points, settings, field);
  return toMatches(
    nodes.map((node) => ({ point: node, place: bestPlace(node, target) })),
    source,
    target,
    settings,
    field,
  );
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
  const field = prepared ?? (await preparePair(matcher, source, target, settings));
  const [node] = await nodesFor(matcher, source, target, [point], settings, field);
  if (node === undefined) throw new Error('every point has a node');
  const places = rankPlaces(node, samePlacePx(target)).slice(0, count);
  const { levels } = bestPlace(node, target).candidate;
  const [from, to] = [level(source, levels.source), level(target, levels.target)];
  return {
    matches: await toMatches(
      places.map((place) => ({ point, place })),
      source,
      target,
      settings,
      field,
    ),
    similarity: await similarityMap(matcher, from, point, to),
  };
}

async function nodesFor(
  matcher: Matcher,
  source: FeaturePyramid,
  target: FeaturePyramid,
  points: readonly Point[],
  settings: MatchSettings,
  field: AnchorField,
): Promise<Node[]> {
  const candidates = await findCandidates(matcher, source, target, points, settings);
  return points.map((point, n) => agree(point, candidates[n] ?? [], field));
}

function bestPlace(node: Node, target: FeaturePyramid): Place {
  const [best] = rankPlaces(node, samePlacePx(target));
  if (best === undefined) throw new Error('every point has a place');
  return best;
}

/** A source point and a place it may be at. */
interface PlacedPoint {
  point: Point;
  place: Place;
}

/** Makes the positions of places as exact as the settings ask for, and says how sure each is. */
async function toMatches(
  placed: readonly PlacedPoint[],
  source: FeaturePyramid,
  target: FeaturePyramid,
  settings: MatchSettings,
  { layout, mirrored }: AnchorField,
): Promise<ExplainedMatch[]> {
  const coarse = placed.map((one) => toCoarsePlace(one, source, target, settings, layout));
  const nothingToFind = saysNothing(source) || saysNothing(target);
  const looksCloser = settings.closerLook && !nothingToFind;
  const closer = looksCloser ? await lookCloser(source, target, coarse, settings.refinement) : [];
  return placed.map(({ point, place: { candidate, belief, support } }, n) => {
    const { similarity, cycleCells, returns, scale } = candidate;
    const margin = marginOf(source, point, candidate);
    const signs = { similarity, cycleCells, belief, support, margin };
    return {
      point: inside(closer[n] ?? coarse[n]?.target ?? candidate, target),
      similarity,
      confidence: nothingToFind ? 0 : confidenceOf(signs, settings.calibration),
      scale,
      mirrored,
      signs,
      returns,
    };
  });
}

/** By how much a candidate is more similar to the point than "no counterpart". */
function marginOf(source: FeaturePyramid, point: Point, { levels, similarity }: Candidate): number {
  if (source.noCounterpart === undefined) return 0;
  const column = sampleFeatures(level(source, levels.source), [point]);
  return similarity - binSimilarity(source.noCounterpart, column);
}

function toCoarsePlace(
  { point, place: { candidate } }: PlacedPoint,
  source: FeaturePyramid,
  target: FeaturePyramid,
  { refinement }: MatchSettings,
  layout: Layout,
): CoarsePlace {
  const { levels, scale } = candidate;
  const [from, to] = [level(source, levels.source), level(target, levels.target)];
  return {
    source: point,
    target: refinement ? refine(from, point, to, candidate) : candidate,
    scale: exactScale(layout, scale),
    sourceCellPx: cellSidePx(from),
    targetCellPx: cellSidePx(to),
  };
}

/** The last cell of a map may reach past the image. */
function inside({ x, y }: Point, { width, height }: FeaturePyramid): Point {
  return { x: Math.min(x, width), y: Math.min(y, height) };
}

function samePlacePx(target: FeaturePyramid): number {
  return SAME_PLACE * longSidePx(target);
}
