import type { FittedTransform, TransformChoice } from '@samepoint/shared-protocol';
import { IDENTITY } from '../transforms/projective.js';

/**
 * The fit between two images with identical pixels, which need no matching.
 * @param samples how many points would have been matched
 */
export function identityFit(samples: number, transform: TransformChoice = 'auto'): FittedTransform {
  const kind = transform === 'auto' ? 'similarity' : transform;
  return { kind, transform: IDENTITY, inliers: samples, samples, residualPx: 0, confidence: 1 };
}
