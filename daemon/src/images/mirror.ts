import type { RgbImage } from './decode.js';

/** The image with left and right exchanged. */
export function mirrorRgb({ width, height, rgb }: RgbImage): RgbImage {
  const mirrored = new Uint8Array(rgb.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = 3 * (y * width + x);
      mirrored.set(rgb.subarray(from, from + 3), 3 * (y * width + width - 1 - x));
    }
  }
  return { width, height, rgb: mirrored };
}
