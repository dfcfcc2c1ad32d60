import type { Box } from '@samepoint/shared-protocol';
import type { CloserSize } from './closer-windows.js';
import type { FeatureMap } from './feature-map.js';
import type { ElementMatching } from './networks/element-network.js';
import type { NoCounterpartBin } from './networks/no-counterpart.js';

/** Feature maps of one image at every size of a preset, the smallest first. */
export interface FeaturePyramid {
  width: number;
  height: number;
  levels: readonly FeatureMap[];
  /** Index of the level to use where a single one is needed. */
  baseLevel: number;
  /** The image has a single colour, so its features only encode the distance to the borders. */
  blank: boolean;
  /** Looks closer at parts of the image; absent where the image is not at hand. */
  closer?: CloserLook;
  /** What the network has learned of points without a counterpart. */
  noCounterpart?: NoCounterpartBin | undefined;
  /** Matches elements by these features. */
  elements?: ElementMatching | undefined;
}

/** The features of parts of an image that are seen larger than the whole. */
export interface CloserLook {
  size: CloserSize;
  /**
   * The features of a part as if it were an image of its own: positions count from its top left corner.
   * @param box whole pixels of the image
   */
  window(box: Box): Promise<FeatureMap>;
}
