import type { Box } from '@samepoint/shared-protocol';
import type { HashedFrame } from '../../flow/request.js';
import { CanvasInView } from '../canvas-in-view.js';
import { decodePng } from '../opaque-picture.js';
import { drawCrop } from '../thumbnail-image.js';

/** Side on the screen, in CSS pixels. */
const SIDE_PX = 128;

interface PictureThumbnailProps {
  frame: HashedFrame;
  /** Drawn over the frame; null for the frame alone. */
  edit: { png: Uint8Array; box: Box } | null;
  /** The part to show, in pixels of the frame. */
  box: Box;
  label: string;
}

/** A square crop of a picture around a box, with or without its edit, drawn when it scrolls into view. */
export function PictureThumbnail({ frame, edit, box, label }: PictureThumbnailProps) {
  const draw = async (canvas: HTMLCanvasElement) => {
    const drawn = edit === null ? null : await decodePng(edit.png);
    const { context } = await drawCrop(canvas, frame, box, SIDE_PX);
    if (drawn === null || edit === null) return;
    context.drawImage(drawn, edit.box.x, edit.box.y, edit.box.w, edit.box.h);
    drawn.close();
  };
  const keys = [frame.imageId, edit?.png, box.x, box.y, box.w, box.h];
  return <CanvasInView class="picture" label={label} draw={draw} keys={keys} />;
}
