import type { RgbImage } from './decode.js';
import type { Size } from './resize.js';

/**
 * `x = (px/255 − 0.5)·2` as planes (1,3,H,W), grown to `padded` by repeating the last row and column.
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
