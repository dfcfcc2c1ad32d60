import { type Point, SamepointError } from '@samepoint/shared-protocol';
import type { SimilarityMap } from '../../correspond/heatmap.js';
import type { ExplainedMatch } from '../../correspond/match-points.js';
import type { Resemblance } from '../../correspond/resemblances.js';
import type { FeaturePyramid } from '../../diffusion/feature-pyramid.js';
import type { NearestPixels } from '../../transfer/edits/published-edit.js';
import type { RegionMatches } from '../../transfer/edits/warp-edit.js';
import type { PairMatcher } from '../../transfer/place-items.js';
import type { EngineJob } from '../engine.js';

/** The id of an image and its features. */
export type ImageFeatures = readonly [imageId: string, features: FeaturePyramid];

/** The best places of a point, and how similar every cell of the target is to it. */
export interface Inspection {
  matches: ExplainedMatch[];
  similarity: SimilarityMap;
}

/** Boxes of the source and of the target, and are left and right exchanged? */
export type ComparedParts = Parameters<NonNullable<PairMatcher['compare']>>;

/** What a job about pairs of images needs from those who own networks and graphs. */
export interface ImagePairs {
  /** Steps of progress that the features of one image are. */
  steps: number;
  features(imageId: string): Promise<FeaturePyramid>;
  /** The order in which images share the most graphs: those seen at one size follow each other. @returns indexes */
  orderBySize(imageIds: readonly string[]): Promise<number[]>;
  /** Finds points of the source in the target. */
  matcher(source: ImageFeatures, target: ImageFeatures): Promise<RegionMatches>;
  /** Finds the pixels of the target nearest to pixels of the source, as edit propagation was published. */
  nearest(source: ImageFeatures, target: ImageFeatures): NearestPixels;
  /** Compares parts of the source with parts of the target. */
  compare(source: ImageFeatures, target: ImageFeatures, ...parts: ComparedParts): Promise<readonly Resemblance[]>;
  /** Looks for one point of the source in all of the target. @param count of the places at most */
  inspect(source: ImageFeatures, target: ImageFeatures, point: Point, count: number): Promise<Inspection>;
}

/** @throws SamepointError `IMAGE_MISSING` */
export function imageBytes(images: EngineJob['images'], imageId: string): Uint8Array {
  const bytes = images.get(imageId);
  if (bytes !== undefined) return bytes;
  throw new SamepointError('IMAGE_MISSING', `The image ${imageId} is not here.`, 'Send it again.');
}
