import type { Box } from '@samepoint/shared-protocol';
import type { RgbaImage, RgbImage } from './decode.js';
import type { Size } from './resize.js';

/** Levels (of 255) by which lossy compression may change a plain colour. */
const NOISE_LEVELS = 3;

/** Has the image a single colour? Then it has no content to match. */
export function isBlank({ rgb }: RgbImage): boolean {
  const [red = 0, green = 0, blue = 0] = rgb;
  const first = [red, green, blue];
  for (let i = 0; i < rgb.length; i++) {
    if (Math.abs((rgb[i] ?? 0) - (first[i % 3] ?? 0)) > NOISE_LEVELS) return false;
  }
  return true;
}

/** Have both images the same size and pixels? Encoded files of one image may still differ. */
export function isIdentical(a: RgbImage, b: RgbImage): boolean {
  return a.width === b.width && a.height === b.height && Buffer.compare(a.rgb, b.rgb) === 0;
}

/** @param box whole pixels inside the image */
export function cropRgb({ width, height, rgb }: RgbImage, { x, y, w, h }: Box): RgbImage {
  if (w === width && h === height) return { width, height, rgb };
  const cropped = new Uint8Array(3 * w * h);
  for (let row = 0; row < h; row++) {
    const from = 3 * ((y + row) * width + x);
    cropped.set(rgb.subarray(from, from + 3 * w), 3 * row * w);
  }
  return { width: w, height: h, rgb: cropped };
}

/** Adds an opaque alpha channel. */
export function toRgba({ width, height, rgb }: RgbImage): RgbaImage {
  const rgba = new Uint8Array(width * height * 4).fill(255);
  for (let i = 0; i < width * height; i++) rgba.set(rgb.subarray(3 * i, 3 * i + 3), 4 * i);
  return { width, height, rgba };
}

/** Draws `image` over `background`, at whole pixels. `image` lies inside. */
export function blendOver(background: RgbImage, image: RgbaImage, { x, y }: Pick<Box, 'x' | 'y'>): RgbaImage {
  const { width, height, rgba } = toRgba(background);
  for (let n = 0; n < image.width * image.height; n++) {
    const into = ((y + Math.floor(n / image.width)) * width + x + (n % image.width)) * 4;
    const alpha = (image.rgba[4 * n + 3] ?? 0) / 255;
    for (let c = 0; c < 3; c++)
      rgba[into + c] = Math.round((image.rgba[4 * n + c] ?? 0) * alpha + (rgba[into + c] ?? 0) * (1 - alpha));
  }
  return { width, height, rgba };
}

/** Pads the image with transparent pixels to the given size. */
export function onTransparent(image: RgbaImage, { x, y }: Pick<Box, 'x' | 'y'>, { width, height }: Size): RgbaImage {
  const rgba = new Uint8Array(width * height * 4);
  const bytes = image.width * 4;
  for (let row = 0; row < image.height; row++)
    rgba.set(image.rgba.subarray(row * bytes, (row + 1) * bytes), ((y + row) * width + x) * 4);
  return { width, height, rgba };
}

/**
 * Normalises to [−1, 1] as (1, 3, H, W) and pads to `padded` by repeating the last row and column.
 * Source: Tang et al., Emergent Correspondence from Image Diffusion, 2023, public code.
 */
export function toPaddedChw(image: RgbImage, padded: Size): Float32Array {
  const { width, height, rgb } = image;
  const plane = padded.width * padded.height;
  const chw = new Float32Array(3 * plane);
  for (let y = 0; y < padded.height; y++) {
    const row = Math.min(y, height - 1) * width;
    for (let x = 0; x < padded.width; x++) {
      const pixel = (row + Math.min(x, width - 1)) * 3;
      const cell = y * padded.width + x;
      for (let c = 0; c < 3; c++) chw[c * plane + cell] = (rgb[pixel + c] ?? 0) / 127.5 - 1;
    }
  }
  return chw;
}
