import type { Affine, Box, Evidence } from '@samepoint/shared-protocol';
import { logistic } from '../../correspond/confidence.js';
import { type Correspondence, type Fit, fitSimilarity, median } from './robust-estimator.js';

/** Correspondences within this part of the target's longer side of a common transform belong together. */
export const TOLERANCE = 0.015;

/** A region with less than this inlierShare of its points' confidence behind one place is said to have no counterpart. */
const MIN_SHARE = 0.05;

/** A region of the source, placed in the target by the matches of points in or around it. */
export interface PlacedRegion {
  fit: Fit;
  /** The box that fits the target's content, in target pixels. */
  box: Box;
  /** Probability that the place is right. */
  confidence: number;
  /** How many correspondences had a say. */
  samples: number;
  evidence: Evidence;
}

/** A region that its own points place. */
export interface RegionByPoints extends PlacedRegion {
  /** Share of the points' confidence that stands behind the fit. */
  inlierShare: number;
}

/** @returns null where the matches do not agree on a place */
export function placeRegion(
  box: Box,
  correspondences: readonly Correspondence[],
  targetSidePx: number,
): RegionByPoints | null {
  const tolerancePx = TOLERANCE * targetSidePx;
  const fit = fitSimilarity(correspondences, tolerancePx);
  if (fit === null) return null;
  const inlierShare = fit.inliers.reduce((sum, { weight }) => sum + weight, 0) / correspondences.length;
  if (inlierShare < MIN_SHARE) return null;
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

/** Only upright boxes have edges that the points next to them can move. */
function fitBox(box: Box, { transform }: Fit, correspondences: readonly Correspondence[], tolerancePx: number): Box {
  const placed = transformBox(transform, box);
  if (transform.b !== 0 || transform.a <= 0) return placed;
  return fitEdges({ box, placed, correspondences, scale: transform.a, tolerancePx });
}

/** Axis-aligned box around the transformed corners. */
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
 * A region is found or not as a whole, so the inlierShare of its points' confidence that agrees is stretched: logistic
 * regression on the odds of the inlierShare (Platt, 1999), fitted by `npm run calibrate` on boxes of drawn screens.
 */
const COEFFICIENTS = { bias: -1.25, odds: 1.04, oddsBeyond: 1.95 };

/** Keeps the odds finite. */
const FLOOR = 0.01;

/** Log odds of a inlierShare of about three quarters: beyond it, each point more says more. */
const KNEE = 1;

/** The inlierShare of the points' confidence behind a place as the regression takes it. */
export function shareValues(inlierShare: number): Omit<typeof COEFFICIENTS, 'bias'> {
  const odds = Math.log((FLOOR + inlierShare) / (FLOOR + 1 - inlierShare));
  return { odds: Math.min(odds, KNEE), oddsBeyond: Math.max(0, odds - KNEE) };
}

/** Probability that a region is placed rightly, by the inlierShare of its points' confidence behind the fit. */
export function regionConfidence(inlierShare: number): number {
  return logistic(COEFFICIENTS, shareValues(inlierShare));
}

/** What it takes to move an edge; tried out on drawn screens whose elements change size. */
const EDGES = {
  /** How many points of an edge have a say: those nearest to it, one line of the grid. */
  points: 4,
  /** Confidence that must stand behind one place, as a inlierShare of what those points could have. */
  support: 0.25,
  /** Points that say less than this, in tolerances, are noise: the transform is surer than four of them. */
  moved: 0.3,
  /** Sides do not change by more than this factor beyond the common scale. */
  maxFactor: 2,
} as const;

type Axis = 'x' | 'y';

/** A box that an upright similarity placed, and what it was placed by. */
export interface UprightPlace {
  /** In the source. */
  box: Box;
  /** In the target. */
  placed: Box;
  correspondences: readonly Correspondence[];
  /** Target pixels a source pixel. */
  scale: number;
  tolerancePx: number;
}

/**
 * Lets each edge of a placed box follow the points next to it, as an element may be wider or higher in the target while
 * what is in it keeps its size and its distance from the edges. An edge that its points do not agree on stays.
 */
export function fitEdges(place: UprightPlace): Box {
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

/** Where the points say the edge is, each by its own distance from it. */
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
