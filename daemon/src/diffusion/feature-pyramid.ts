import type { Box } from '@samepoint/shared-protocol';
import type { FeatureMap } from './feature-map.js';
import type { FineSize } from './fine-windows.js';
import type { Dustbin } from './networks/dustbin.js';
import type { ElementMatching } from './networks/element-network.js';

/** Feature maps of one image at every size of a preset, the smallest first. */
export interface FeaturePyramid {
  width: number;
  height: number;
  levels: readonly FeatureMap[];
  /** Index of the level to use if a single one is needed. */
  baseLevel: number;
  /** The image has a single colour, so its features only encode the distance to the borders. */
  blank: boolean;
  /** Absent if only the features of the image are available. */
  fine?: FineWindows;
  /** Absent if the network has not learned one. */
  dustbin?: Dustbin | undefined;
  /** Matches elements by these features. */
  elements?: ElementMatching | undefined;
}

/** Features of parts of an image at a higher resolution than those of the whole. */
export interface FineWindows {
  size: FineSize;
  /**
   * The features of a part as if it were an image of its own: positions count from its top left corner.
   * @param box whole pixels of the image
   */
  window(box: Box): Promise<FeatureMap>;
}
