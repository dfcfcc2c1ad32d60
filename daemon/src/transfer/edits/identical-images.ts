import type { FittedTransform, TransformChoice } from '@samepoint/shared-protocol';
import type { RgbImage } from '../../images/decode.js';
import { IDENTITY } from '../transforms/projective.js';

/** Have two pictures the same pixels? Files may differ all the same, as another program compresses otherwise. */
export function isSamePicture(a: RgbImage, b: RgbImage): boolean {
  return a.width === b.width && a.height === b.height && Buffer.compare(a.rgb, b.rgb) === 0;
}

/**
 * The transform between two pictures that are one. In the very same picture everything is where it is; matches could only
 * make that doubtful.
 * @param samples points that would have been matched
 */
export function fitOfSame(samples: number, transform: TransformChoice = 'auto'): FittedTransform {
  const kind = transform === 'auto' ? 'similarity' : transform;
  return { kind, transform: IDENTITY, inliers: samples, samples, residualPx: 0, confidence: 1 };
}
