import type { Box } from '@samepoint/shared-protocol';
import type { HashedFrame } from '../flow/request.js';
import { CanvasInView } from './canvas-in-view.js';
import { drawThumbnail } from './thumbnail-image.js';

interface ThumbnailProps {
  frame: HashedFrame | undefined;
  /** In pixels of the frame; null for no match. */
  box: Box | null;
  label: string;
}

/** A square crop of a frame around a box, drawn when it scrolls into view. */
export function Thumbnail({ frame, box, label }: ThumbnailProps) {
  if (frame === undefined || box === null) {
    return <span class="thumbnail empty" role="img" aria-label={`${label}: no match`} />;
  }
  return (
    <CanvasInView
      class="thumbnail"
      label={label}
      draw={(canvas) => drawThumbnail(canvas, frame, box)}
      keys={[frame.imageId, box.x, box.y, box.w, box.h]}
    />
  );
}
