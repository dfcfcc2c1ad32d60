import type { Estimator, Homography } from '@samepoint/shared-protocol';
import { openCv } from './opencv.js';
import type { PointPair } from './refine-transform.js';

/** OpenCV's numbers for them; the types of its build lack the last. */
const OPENCV_METHODS = { lmeds: 4, ransac: 8, magsac: 38 } as const satisfies Record<Estimator, number>;

/** Rounds in which OpenCV improves an affine on its inliers, its default. */
const AFFINE_REFINING_ROUNDS = 10;

/** How a transform is looked for. */
export interface EstimateSettings {
  estimator: Estimator;
  /** An inlier is this near, in target pixels. LMEDS finds its transform without it. */
  tolerancePx: number;
  /** Sampling stops after so many rounds, or when a better transform is less likely than 1 − `confidence`. */
  maxRounds: number;
  confidence: number;
}

/**
 * The transform that OpenCV's `findHomography` or `estimateAffine2D` gives; weights have no say. The same pairs give the
 * same transform in every run.
 * @param pairs as many as fix a transform of the kind, at least
 * @returns null where OpenCV finds none
 */
export async function estimateByOpenCv(
  kind: 'affine' | 'homography',
  pairs: readonly PointPair[],
  { estimator, tolerancePx, maxRounds, confidence }: EstimateSettings,
): Promise<Homography | null> {
  const inOpenCv = await openCv();
  const method = OPENCV_METHODS[estimator];
  const found = inOpenCv(({ cv, keep }) => {
    const points = (side: 'source' | 'target') => {
      const coordinates = pairs.flatMap((pair) => [pair[side].x, pair[side].y]);
      return keep(cv.matFromArray(pairs.length, 1, cv.CV_32FC2, coordinates));
    };
    const [from, to, mask] = [points('source'), points('target'), keep(new cv.Mat())];
    const matrix = keep(
      kind === 'homography'
        ? cv.findHomography(from, to, method, tolerancePx, mask, maxRounds, confidence)
        : cv.estimateAffine2D(from, to, mask, method, tolerancePx, maxRounds, confidence, AFFINE_REFINING_ROUNDS),
    );
    return Array.from<number>(matrix.data64F);
  });
  const [a, b, c, d, e, f, g = 0, h = 0, i = 1] = found;
  if (a === undefined || b === undefined || c === undefined || d === undefined || e === undefined || f === undefined)
    return null;
  return [a, b, c, d, e, f, g, h, i].every(Number.isFinite) ? [a, b, c, d, e, f, g, h, i] : null;
}
