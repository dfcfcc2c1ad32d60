import type { Affine, Box } from '@samepoint/shared-protocol';
import type { ExportedFrame, Problem } from './messages.js';

/** A layer drawn over the source picture. */
export interface ExportedOverlay {
  nodeId: string;
  name: string;
  png: Uint8Array;
  /** Maps pixels of `png` to pixels of the source's export. */
  transform: Affine;
}

/** The edit of a target, to place over its picture. */
export interface PlacedPicture {
  targetId: string;
  png: Uint8Array;
  /** In pixels of the target's export. */
  box: Box;
}

export type PicturesToMain =
  | { type: 'pictures.export'; sourceId: string; afterId: string | null; targetIds: string[]; overlayIds: string[] }
  | { type: 'pictures.apply'; sourceId: string; pictures: PlacedPicture[] };

export type PicturesToUi =
  | { type: 'pictures.frame'; frame: ExportedFrame; done: number; total: number }
  /** A target that cannot be exported; the others are. */
  | { type: 'pictures.frame-failed'; nodeId: string; name: string; problem: Problem }
  /** Follows the last frame. Overlays are in layer order, the lowest first. `notices` list what is not carried. */
  | { type: 'pictures.exported'; overlays: ExportedOverlay[]; notices: string[] };
