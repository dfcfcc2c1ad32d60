import sharp from 'sharp';
import type { RgbImage } from './decode.js';

export interface Size {
  width: number;
  height: number;
}

/** Resamples to exactly `size` (Lanczos, anti-aliased when shrinking). */
export async function resizeRgb(image: RgbImage, size: Size): Promise<RgbImage> {
  if (image.width === size.width && image.height === size.height) return image;
  const raw = { width: image.width, height: image.height, channels: 3 as const };
  const rgb = await sharp(image.rgb, { raw, limitInputPixels: false })
    .resize(size.width, size.height, { fit: 'fill' })
    .removeAlpha()
    .raw()
    .toBuffer();
  return { ...size, rgb };
}
