import sharp from 'sharp';
// importing it closes every loader that untrusted images do not need
import type { RgbaImage } from './decode.js';
import './decode.js';

const SVG_LOADER = { operation: ['VipsForeignLoadSvgBuffer'] };

export function encodePng({ width, height, rgba }: RgbaImage): Promise<Buffer> {
  return sharp(rgba, { raw: { width, height, channels: 4 }, limitInputPixels: false })
    .png()
    .toBuffer();
}

/**
 * Draws a trusted SVG as PNG. The SVG loader is open during the call, so decode no untrusted image at the same time.
 */
export async function renderSvg(svg: string): Promise<Buffer> {
  sharp.unblock(SVG_LOADER);
  try {
    return await sharp(Buffer.from(svg)).png().toBuffer();
  } finally {
    sharp.block(SVG_LOADER);
  }
}
