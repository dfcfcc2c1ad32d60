import type { Layer } from '@samepoint/shared-protocol';
import type { RgbImage } from '../../daemon/src/images/decode.js';

/** A picture with the layers that are known in it, boxes in its pixels. */
export interface LayerScreen {
  image: RgbImage;
  layers: readonly Layer[];
}

/** Two screens, and which layer of the one became which of the other. */
export interface LayerPair {
  name: string;
  /** What the pair is about. */
  change: string;
  source: LayerScreen;
  target: LayerScreen;
  /**
   * By the id of the source layer, the id of its counterpart; null where it has none. Layers of which nobody can say that,
   * such as a tab bar in another screen, are not in it.
   */
  truth: ReadonlyMap<string, string | null>;
}
