import type { Affine, Box, Evidence } from '@samepoint/shared-protocol';
import { logistic } from '../../correspond/confidence.js';
import { type Correspondence, type Fit, fitSimilarity, median } from './robust-estimator.js';

/** The greatest residual of an inlier, as part of the target's longer side. */
export const TOLERANCE = 0.015;

/** Regions with a smaller inlier share have no counterpart. */
const MIN_INLIER_SHARE = 0.05;

/** A region of the source placed in the target. */
export interface PlacedRegion {
  fit: Fit;
  /** The box around the target's content, in target pixels. */
  box: Box;
  /** Probability that the place is correct. */
  confidence: number;
  /** The number of correspondences. */
  samples: number;
  evidence: Evidence;
}

/** A region placed by its own points. */
export interface RegionByPoints extends PlacedRegion {
  /** The weight of the inliers, divided by the number of points. */
  inlierShare: number;
}

/**
 * Places a region by the matches of its points.
 * @returns null if too few agree
 */
export function placeRegion(
  box: Box,
  correspondences: readonly Correspondence[],
  targetSidePx: number,
): RegionByPoints | null {
  const tolerancePx = TOLERANCE * targetSidePx;
  const fit = fitSimilarity(correspondences, tolerancePx);
  if (fit === null) return null;
  const inlierShare = fit.inliers.reduce((sum, { weight }) => sum + weight, 0) / correspondences.length;
  if (inlierShare < MIN_INLIER_SHARE) return null;
  const confidence = regionConfidence(inlierShare);
  return {
    fit,
    box: fitBox(box, fit, correspondences, tolerancePx),
    inlierShare,
    confidence,
    samples: correspondences.length,
    evidence: { image: confidence },
  };
}

/** Refines the edges of upright boxes; rotated ones keep the transformed box. */
function fitBox(box: Box, { transform }: Fit, correspondences: readonly Correspondence[], tolerancePx: number): Box {
  const placed = transformBox(transform, box);
  if (transform.b !== 0 || transform.a <= 0) return placed;
  return fitEdges({ box, placed, correspondences, scale: transform.a, tolerancePx });
}

/** The bounding box of the transformed corners. */
export function transformBox({ a, b, c, d, e, f }: Affine, box: Box): Box {
  const corners = [0, 1, 2, 3].map((corner) => {
    const x = box.x + (corner % 2) * box.w;
    const y = box.y + (corner >> 1) * box.h;
    return { x: a * x + c * y + e, y: b * x + d * y + f };
  });
  const x = Math.min(...corners.map((corner) => corner.x));
  const y = Math.min(...corners.map((corner) => corner.y));
  return {
    x,
    y,
    w: Math.max(...corners.map((corner) => corner.x)) - x,
    h: Math.max(...corners.map((corner) => corner.y)) - y,
  };
}

/**
 * Platt scaling of the inlier share's log-odds (Platt, 1999), with a second slope beyond `KNEE`. Fitted by `npm run calibrate`
 * on boxes of drawn screens.
 */
const COEFFICIENTS = { bias: -1.25, odds: 1.04, oddsBeyond: 1.95 };

/** Keeps the log-odds finite. */
const FLOOR = 0.01;

/** Log-odds of a share of about three quarters. */
const KNEE = 1;

/** The features of the regression. */
export function inlierShareFeatures(inlierShare: number): Omit<typeof COEFFICIENTS, 'bias'> {
  const odds = Math.log((FLOOR + inlierShare) / (FLOOR + 1 - inlierShare));
  return { odds: Math.min(odds, KNEE), oddsBeyond: Math.max(0, odds - KNEE) };
}

/** Probability that a region with that inlier share is placed correctly. */
export function regionConfidence(inlierShare: number): number {
  return logistic(COEFFICIENTS, inlierShareFeatures(inlierShare));
}

/** When an edge moves; chosen on drawn screens whose elements change size. */
const EDGES = {
  /** Votes of an edge: its nearest points, one line of the grid. */
  points: 4,
  /** The least mean weight of the points that agree. */
  support: 0.25,
  /** The least shift, in tolerances; the transform is more precise than four points. */
  moved: 0.3,
  /** The greatest change of a side beyond the common scale, as a factor. */
  maxFactor: 2,
} as const;

type Axis = 'x' | 'y';

/** A box placed by an upright similarity. */
interface UprightPlace {
  /** In the source. */
  box: Box;
  /** In the target. */
  placed: Box;
  correspondences: readonly Correspondence[];
  /** Target pixels per source pixel. */
  scale: number;
  tolerancePx: number;
}

/**
 * Moves each edge of a placed box with the points next to it: an element may be wider or higher in the target, while its
 * content keeps its size and its distance from the edges. An edge stays if its points disagree.
 */
function fitEdges(place: UprightPlace): Box {
  const { box, placed } = place;
  const [left, right] = fitSide(place, 'x', [box.x, box.x + box.w], [placed.x, placed.x + placed.w]);
  const [top, bottom] = fitSide(place, 'y', [box.y, box.y + box.h], [placed.y, placed.y + placed.h]);
  return { x: left, y: top, w: right - left, h: bottom - top };
}

type Side = readonly [low: number, high: number];

function fitSide(place: UprightPlace, axis: Axis, source: Side, placed: Side): Side {
  const along = [...place.correspondences].sort((a, b) => a.source[axis] - b.source[axis]);
  const low = fitEdge(place, axis, source[0], placed[0], along.slice(0, EDGES.points));
  const high = fitEdge(place, axis, source[1], placed[1], along.slice(-EDGES.points));
  const factor = (high - low) / (placed[1] - placed[0]);
  return factor >= 1 / EDGES.maxFactor && factor <= EDGES.maxFactor ? [low, high] : placed;
}

/** The position of an edge by the heaviest agreeing votes of its points. */
function fitEdge(
  { scale, tolerancePx }: UprightPlace,
  axis: Axis,
  source: number,
  placed: number,
  points: readonly Correspondence[],
): number {
  const votes = points.map((point) => ({
    edge: point.target[axis] + scale * (source - point.source[axis]),
    weight: point.weight,
  }));
  const groups = votes.map(({ edge }) => votes.filter((vote) => Math.abs(vote.edge - edge) <= tolerancePx));
  const support = (group: typeof votes) => group.reduce((sum, { weight }) => sum + weight, 0);
  const heaviest = groups.reduce((best, group) => (support(group) > support(best) ? group : best), []);
  if (support(heaviest) < EDGES.support * points.length) return placed;
  const found = median(heaviest.map(({ edge }) => edge));
  return Math.abs(found - placed) > EDGES.moved * tolerancePx ? found : placed;
}
