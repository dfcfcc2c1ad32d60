import sharp from 'sharp';

// importing it closes every loader that images from outside do not need
import './decode.js';

const SVG_LOADER = { operation: ['VipsForeignLoadSvgBuffer'] };

/**
 * Draws an SVG of our own making as PNG. Its loader is open only meanwhile, so do not decode images from outside
 * at the same time.
 */
export async function renderSvg(svg: string): Promise<Buffer> {
  sharp.unblock(SVG_LOADER);
  try {
    return await sharp(Buffer.from(svg)).png().toBuffer();
  } finally {
    sharp.block(SVG_LOADER);
  }
}
