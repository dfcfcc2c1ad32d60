import type { Box } from '@samepoint/shared-protocol';
import { THUMBNAIL_TUNING } from '../tuning.js';

/** A square piece of an image with some surroundings of `box`, moved inside the image where that is possible. */
export function cropAround(box: Box, image: { width: number; height: number }): Box {
  const { context, minCropPx } = THUMBNAIL_TUNING;
  const side = Math.max(minCropPx, context * Math.max(box.w, box.h));
  return {
    x: shift(box.x + box.w / 2 - side / 2, side, image.width),
    y: shift(box.y + box.h / 2 - side / 2, side, image.height),
    w: side,
    h: side,
  };
}

/** Keeps `[start, start + side]` inside `[0, length]`; centres it where it is the longer one. */
function shift(start: number, side: number, length: number): number {
  if (side >= length) return (length - side) / 2;
  return Math.min(Math.max(start, 0), length - side);
}
