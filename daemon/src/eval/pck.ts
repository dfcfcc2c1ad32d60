import type { Point } from '@samepoint/shared-protocol';

/** Thresholds of PCK, as parts of the target's longer side. */
export const PCK_THRESHOLDS = [0.02, 0.05, 0.1] as const;

/** A prediction beside the truth; null where the method says that there is no counterpart. */
export interface Prediction {
  predicted: Point | null;
  truth: Point;
  /** Longer side of the target image, in its pixels. */
  targetSidePx: number;
}

/**
 * Percentage of correct keypoints, 0 to 100: those at most `threshold` of the target's longer side off.
 * Source: Yang and Ramanan, Articulated Human Detection with Flexible Mixtures of Parts, 2013.
 */
export function pck(predictions: readonly Prediction[], threshold: number): number {
  const correct = predictions.filter(({ predicted, truth, targetSidePx }) => {
    return predicted !== null && Math.hypot(predicted.x - truth.x, predicted.y - truth.y) <= threshold * targetSidePx;
  });
  return (100 * correct.length) / predictions.length;
}
