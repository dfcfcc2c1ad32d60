import type { Layer } from '@samepoint/shared-protocol';
import type { RgbImage } from '../../daemon/src/images/decode.js';

/** An image with its layers, whose boxes are in its pixels. */
export interface LayerScreen {
  image: RgbImage;
  layers: readonly Layer[];
}

/** Two screens and the correspondences between their layers. */
export interface LayerPair {
  name: string;
  /** Kind of the difference between the two. */
  change: string;
  source: LayerScreen;
  target: LayerScreen;
  /**
   * The id of the counterpart by that of the source layer; null without one. Ambiguous layers, such as a tab bar in another
   * screen, are absent.
   */
  truth: ReadonlyMap<string, string | null>;
}
