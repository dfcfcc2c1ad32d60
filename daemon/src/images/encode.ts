import sharp from 'sharp';
import type { RgbaImage } from './decode.js';

export function encodePng({ width, height, rgba }: RgbaImage): Promise<Buffer> {
  return sharp(rgba, { raw: { width, height, channels: 4 }, limitInputPixels: false })
    .png()
    .toBuffer();
}
