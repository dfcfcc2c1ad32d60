import { SamepointError } from '@samepoint/shared-protocol';
import type { FeaturePyramid } from '../diffusion/feature-pyramid.js';
import type { RegionMatches } from '../transfer/warp-edit.js';
import type { EngineJob } from './engine.js';

/** The id of an image and its features. */
export type SeenImage = readonly [imageId: string, features: FeaturePyramid];

/** What a job about pairs of images needs from those who own networks and graphs. */
export interface ImagePairs {
  /** Steps of progress that the features of one image are. */
  steps: number;
  features(imageId: string): Promise<FeaturePyramid>;
  /** Finds points of the source in the target. */
  matcher(source: SeenImage, target: SeenImage): Promise<RegionMatches>;
}

/** @throws SamepointError `IMAGE_MISSING` */
export function imageBytes(images: EngineJob['images'], imageId: string): Uint8Array {
  const bytes = images.get(imageId);
  if (bytes !== undefined) return bytes;
  throw new SamepointError('IMAGE_MISSING', `The image ${imageId} is not here.`, 'Send it again.');
}
