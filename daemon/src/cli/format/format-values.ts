import type { Box, Point } from '@samepoint/shared-protocol';

/** `x,y` or `x,y,w,h` in whole pixels. */
export function describeShape(shape: Point | Box): string {
  const numbers = 'w' in shape ? [shape.x, shape.y, shape.w, shape.h] : [shape.x, shape.y];
  return numbers.map((value) => Math.round(value)).join(',');
}
