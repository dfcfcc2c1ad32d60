import type { Estimator, Homography, Point } from '@samepoint/shared-protocol';
import { estimateByOpenCv } from './opencv-estimate.js';
import { TRANSFORM_KINDS } from './refine-transform.js';

/** How long OpenCV's `findHomography` samples by default. */
const OPENCV_DEFAULTS = { maxRounds: 2000, confidence: 0.995 };

/**
 * The homography between two images as the official code finds it: OpenCV's `findHomography` with its defaults, and
 * nothing done to what it gives.
 * Source: eval_homography.py and edit_propagation.ipynb of Tang et al., 2023.
 * @returns null where there is none
 */
export async function publishedHomography(
  matches: readonly { source: Point; target: Point }[],
  { estimator, thresholdPx }: { estimator: Estimator; thresholdPx: number },
): Promise<Homography | null> {
  if (matches.length < TRANSFORM_KINDS.homography.pairs) return null;
  const pairs = matches.map(({ source, target }) => ({ source, target, weight: 1 }));
  return estimateByOpenCv('homography', pairs, { estimator, tolerancePx: thresholdPx, ...OPENCV_DEFAULTS });
}
