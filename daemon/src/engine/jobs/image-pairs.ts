import type { Point } from '@samepoint/shared-protocol';
import type { SimilarityMap } from '../../correspond/heatmap.js';
import type { ElementScores } from '../../correspond/match-elements.js';
import type { ExplainedMatch } from '../../correspond/match-points.js';
import type { StageChoice } from '../../correspond/match-settings.js';
import type { FeaturePyramid } from '../../diffusion/feature-pyramid.js';
import type { NearestPixels } from '../../transfer/edits/published-edit.js';
import type { RegionMatches } from '../../transfer/edits/warp-edit.js';
import type { PairMatcher } from '../../transfer/place-items.js';

/** The id of an image and its features. */
export type ImageFeatures = readonly [imageId: string, features: FeaturePyramid];

/** The best matches of a point, and its similarity to every cell of the target. */
export interface Inspection {
  matches: ExplainedMatch[];
  similarity: SimilarityMap;
}

/** Boxes of the source and of the target, and are left and right exchanged? */
export type ComparedParts = Parameters<NonNullable<PairMatcher['compare']>>;

/** Features and matching for the images of a job. */
export interface ImagePairs {
  /** Progress steps for the features of one image. */
  steps: number;
  features(imageId: string): Promise<FeaturePyramid>;
  /** Orders images so that those of one input size are adjacent and share a graph. @returns indexes */
  orderBySize(imageIds: readonly string[]): Promise<number[]>;
  /** Finds points of the source in the target. @param stages that differ from those of the job */
  matcher(source: ImageFeatures, target: ImageFeatures, stages?: StageChoice): Promise<RegionMatches>;
  /** Finds the pixels of the target nearest to pixels of the source, as edit propagation was published. */
  nearest(source: ImageFeatures, target: ImageFeatures): NearestPixels;
  /** Compares parts of the source with parts of the target. */
  compare(source: ImageFeatures, target: ImageFeatures, ...parts: ComparedParts): Promise<readonly ElementScores[]>;
  /** Finds one point of the source in the target. @param count maximum number of matches */
  inspect(source: ImageFeatures, target: ImageFeatures, point: Point, count: number): Promise<Inspection>;
}
