import type { Box } from '@samepoint/shared-protocol';
import type { RgbImage } from './decode.js';

/** A part of the image. @param box whole pixels, inside the image */
export function cropRgb({ width, height, rgb }: RgbImage, { x, y, w, h }: Box): RgbImage {
  if (w === width && h === height) return { width, height, rgb };
  const cropped = new Uint8Array(3 * w * h);
  for (let row = 0; row < h; row++) {
    const from = 3 * ((y + row) * width + x);
    cropped.set(rgb.subarray(from, from + 3 * w), 3 * row * w);
  }
  return { width: w, height: h, rgb: cropped };
}
