import type { Affine, Box, Evidence } from '@samepoint/shared-protocol';
import { fitEdges } from './fit-edges.js';
import { type Correspondence, type Fit, fitSimilarity } from './fit-similarity.js';
import { regionConfidence } from './region-confidence.js';

/** Correspondences within this part of the target's longer side of a common transform belong together. */
export const TOLERANCE = 0.015;

/** A region with less than this share of its points' confidence behind one place is said to have no counterpart. */
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
  share: number;
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
  const share = fit.inliers.reduce((sum, { weight }) => sum + weight, 0) / correspondences.length;
  if (share < MIN_SHARE) return null;
  const confidence = regionConfidence(share);
  return {
    fit,
    box: fitBox(box, fit, correspondences, tolerancePx),
    share,
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
