import type { Point } from '@samepoint/shared-protocol';
import { cellSidePx, sampleFeatures } from '../diffusion/feature-map.js';
import type { FeaturePyramid } from '../diffusion/feature-pyramid.js';
import { dustbinSimilarity } from '../diffusion/networks/dustbin.js';
import {
  type Candidate,
  type CandidateCluster,
  findCandidates,
  isUnmatchable,
  level,
  rankCandidates,
  type ScoredPoint,
} from './candidates.js';
import { type CoarseMatch, refineMatches } from './coarse-to-fine.js';
import { type ConfidenceFeatures, confidenceOf } from './confidence.js';
import { type SimilarityMap, similarityMap } from './heatmap.js';
import { DEFAULT_SETTINGS, type MatchSettings } from './match-settings.js';
import type { Matcher } from './matcher.js';
import { longSidePx, type PreparedPair, preparePair, scoreCandidates } from './neighbourhood-consensus.js';
import { refineInMap } from './soft-argmax.js';

/** Candidates this close to each other form a cluster; part of the target's longer side. */
const CLUSTER_RADIUS = 0.02;

/** The position of a source point in the target, in target pixels. */
export interface Match {
  point: Point;
  /** Cosine similarity of the two descriptors. */
  similarity: number;
  /** Probability that the match is correct. */
  confidence: number;
  /** Target pixels per source pixel at this position. */
  scale: number;
  /** Has one of the images a right-to-left layout and the other a left-to-right one? */
  mirrored: boolean;
}

/** The match of a point in an identical image, where matching could only confuse equal elements. */
export function matchItself(point: Point): Match {
  return { point, similarity: 1, confidence: 1, scale: 1, mirrored: false };
}

/** A match with what its confidence was computed from. */
export interface ExplainedMatch extends Match {
  confidenceFeatures: ConfidenceFeatures;
  cycleConsistent: boolean;
}

/**
 * Matches source points by nearest neighbours over several scales (Tang et al., 2023, use one), backward check, neighbourhood
 * consensus and sub-cell refinement; with `coarseToFine`, refines further in windows of higher resolution.
 * @param points pixels of the source image
 * @param prepared the cached result of `preparePair` for the same images and settings
 * @returns one match per point, in their order
 */
export async function matchPoints(
  matcher: Matcher,
  source: FeaturePyramid,
  target: FeaturePyramid,
  points: readonly Point[],
  settings: MatchSettings = DEFAULT_SETTINGS,
  prepared?: PreparedPair,
): Promise<ExplainedMatch[]> {
  const pair = prepared ?? (await preparePair(matcher, source, target, settings));
  const scored = await scorePoints(matcher, source, target, points, settings, pair);
  const found = scored.map((point) => ({ point, cluster: bestCluster(point, target) }));
  return toMatches(found, source, target, settings, pair);
}

/**
 * The candidates of one point, and its similarity to every cell of the target in the levels of the best candidate.
 * @param count of candidates at most
 * @returns the best candidate first
 */
export async function inspectPoint(
  matcher: Matcher,
  source: FeaturePyramid,
  target: FeaturePyramid,
  point: Point,
  count: number,
  settings: MatchSettings = DEFAULT_SETTINGS,
  prepared?: PreparedPair,
): Promise<{ matches: ExplainedMatch[]; similarity: SimilarityMap }> {
  const pair = prepared ?? (await preparePair(matcher, source, target, settings));
  const [scored] = await scorePoints(matcher, source, target, [point], settings, pair);
  if (scored === undefined) throw new Error('every point is scored');
  const clusters = rankCandidates(scored, clusterRadiusPx(target)).slice(0, count);
  const found = clusters.map((cluster) => ({ point, cluster }));
  const { levels } = bestCluster(scored, target).candidate;
  const [from, to] = [level(source, levels.source), level(target, levels.target)];
  return {
    matches: await toMatches(found, source, target, settings, pair),
    similarity: await similarityMap(matcher, from, point, to),
  };
}

async function scorePoints(
  matcher: Matcher,
  source: FeaturePyramid,
  target: FeaturePyramid,
  points: readonly Point[],
  settings: MatchSettings,
  pair: PreparedPair,
): Promise<ScoredPoint[]> {
  const candidates = await findCandidates(matcher, source, target, points, settings);
  return points.map((point, n) => scoreCandidates(point, candidates[n] ?? [], pair));
}

function bestCluster(point: ScoredPoint, target: FeaturePyramid): CandidateCluster {
  const [best] = rankCandidates(point, clusterRadiusPx(target));
  if (best === undefined) throw new Error('every point has a candidate');
  return best;
}

/** A source point and one of its clusters. */
interface FoundPoint {
  point: Point;
  cluster: CandidateCluster;
}

/** Refines the positions as the settings require, and computes the confidences. */
async function toMatches(
  found: readonly FoundPoint[],
  source: FeaturePyramid,
  target: FeaturePyramid,
  settings: MatchSettings,
  { mirrored }: PreparedPair,
): Promise<ExplainedMatch[]> {
  const coarse = found.map((one) => toCoarseMatch(one, source, target, settings));
  const unmatchable = isUnmatchable(source) || isUnmatchable(target);
  const refines = settings.coarseToFine && !unmatchable;
  const refined = refines ? await refineMatches(source, target, coarse, settings.subCell) : [];
  return found.map(({ point, cluster: { candidate, probability, support } }, n) => {
    const { similarity, cycleCells, cycleConsistent, scale } = candidate;
    const margin = marginOf(source, point, candidate);
    const confidenceFeatures = { similarity, cycleCells, probability, support, margin };
    return {
      point: clampTo(target, refined[n] ?? coarse[n]?.target ?? candidate),
      similarity,
      confidence: unmatchable ? 0 : confidenceOf(confidenceFeatures, settings.calibration),
      scale,
      mirrored,
      confidenceFeatures,
      cycleConsistent,
    };
  });
}

/** Similarity of a candidate minus that of the dustbin. */
function marginOf(source: FeaturePyramid, point: Point, { levels, similarity }: Candidate): number {
  if (source.dustbin === undefined) return 0;
  const descriptor = sampleFeatures(level(source, levels.source), [point]);
  return similarity - dustbinSimilarity(source.dustbin, descriptor);
}

function toCoarseMatch(
  { point, cluster: { candidate } }: FoundPoint,
  source: FeaturePyramid,
  target: FeaturePyramid,
  { subCell }: MatchSettings,
): CoarseMatch {
  const { levels, scale } = candidate;
  const [from, to] = [level(source, levels.source), level(target, levels.target)];
  return {
    source: point,
    target: subCell ? refineInMap(from, point, to, candidate) : candidate,
    scale,
    sourceCellPx: cellSidePx(from),
    targetCellPx: cellSidePx(to),
  };
}

/** The last cell of a map may extend beyond the image. */
function clampTo({ width, height }: FeaturePyramid, { x, y }: Point): Point {
  return { x: Math.min(x, width), y: Math.min(y, height) };
}

function clusterRadiusPx(target: FeaturePyramid): number {
  return CLUSTER_RADIUS * longSidePx(target);
}
