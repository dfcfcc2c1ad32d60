import type { RgbImage } from './decode.js';
import { resampleOpenCv } from './resample-opencv.js';
import { BICUBIC, LANCZOS, resamplePil } from './resample-pil.js';

export interface Size {
  width: number;
  height: number;
}

/**
 * What published code resizes images with, to the grey level. A pixel's middle stays where it is in the picture, whether
 * the image shrinks or grows.
 */
const RESAMPLERS = {
  /** `Image.resize` of PIL as it is by default: cubic with a = −0.5, over all pixels that it shrinks. */
  'pil-bicubic': (image: RgbImage, size: Size) => resamplePil(image, size, BICUBIC),
  /** `Image.resize` of PIL with `LANCZOS`: three lobes, over all pixels that it shrinks. */
  lanczos: (image: RgbImage, size: Size) => resamplePil(image, size, LANCZOS),
  /** `cv2.resize` as it is by default: `INTER_LINEAR` between four pixels, however much it shrinks. */
  'opencv-bilinear': resampleOpenCv,
} as const;

export type Resampling = keyof typeof RESAMPLERS;

/** Resamples to exactly `size`; an image of that size is returned itself. */
export function resizeRgb(image: RgbImage, size: Size, resampling: Resampling): RgbImage {
  if (image.width === size.width && image.height === size.height) return image;
  return RESAMPLERS[resampling](image, size);
}
