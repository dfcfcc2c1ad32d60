import type { Box } from '@samepoint/shared-protocol';
import type { RgbaImage, RgbImage } from './decode.js';
import type { Size } from './resize.js';

/** The picture with an alpha of 255 everywhere. */
export function toRgba({ width, height, rgb }: RgbImage): RgbaImage {
  const rgba = new Uint8Array(width * height * 4).fill(255);
  for (let i = 0; i < width * height; i++) rgba.set(rgb.subarray(3 * i, 3 * i + 3), 4 * i);
  return { width, height, rgba };
}

/** The picture with an image over it at whole pixels; the image lies inside. */
export function blendOver(picture: RgbImage, image: RgbaImage, { x, y }: Pick<Box, 'x' | 'y'>): RgbaImage {
  const { width, height, rgba } = toRgba(picture);
  for (let n = 0; n < image.width * image.height; n++) {
    const into = ((y + Math.floor(n / image.width)) * width + x + (n % image.width)) * 4;
    const alpha = (image.rgba[4 * n + 3] ?? 0) / 255;
    for (let c = 0; c < 3; c++)
      rgba[into + c] = Math.round((image.rgba[4 * n + c] ?? 0) * alpha + (rgba[into + c] ?? 0) * (1 - alpha));
  }
  return { width, height, rgba };
}

/** The image at its place on a transparent ground. */
export function onTransparent(image: RgbaImage, { x, y }: Pick<Box, 'x' | 'y'>, { width, height }: Size): RgbaImage {
  const rgba = new Uint8Array(width * height * 4);
  const bytes = image.width * 4;
  for (let row = 0; row < image.height; row++)
    rgba.set(image.rgba.subarray(row * bytes, (row + 1) * bytes), ((y + row) * width + x) * 4);
  return { width, height, rgba };
}
