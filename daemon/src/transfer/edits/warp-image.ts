import { type Box, type Homography, SamepointError } from '@samepoint/shared-protocol';
import sharp from 'sharp';
import type { RgbaImage } from '../../images/decode.js';
import type { Size } from '../../images/resize.js';
import { clip } from '../transforms/boxes.js';
import { openCv } from '../transforms/opencv.js';
import { compose, project, scaling, stretchAt, translation } from '../transforms/projective.js';

/** A raster in the target, at whole pixels. */
export interface PlacedImage {
  box: Box;
  image: RgbaImage;
}

/** Below this scale the source is downscaled first, which avoids aliasing. */
const MIN_WARP_SCALE = 0.75;

/** Transparent pixels around the source, which antialias its edge. */
const MARGIN_PX = 1;

/** OpenCV's `INTER_LINEAR` and `BORDER_CONSTANT`: transparent outside. */
const LINEAR = 1;
const CONSTANT_BORDER = 0;

/** Source and result together, 8 bytes per pixel. WebAssembly has 2 GB and never shrinks. */
const MAX_WARP_PIXELS = 80_000_000;

const FULL_ALPHA = 255;

/**
 * Warps the pixels of `box` into the target, with premultiplied alpha, so transparent pixels do not colour the edge.
 * @param transform source to target pixels, with (0,0) at the outer corner of the first pixel
 * @returns the part inside the target; null if there is none
 * @throws SamepointError `IMAGE_TOO_LARGE`
 */
export async function warpImage(
  source: RgbaImage,
  box: Box,
  transform: Homography,
  target: Size,
): Promise<PlacedImage | null> {
  const landed = landingBox(transform, box, target);
  if (landed === null) return null;
  const { least, most } = stretchAt(transform, { x: box.x + box.w / 2, y: box.y + box.h / 2 });
  if (box.w * box.h + landed.w * landed.h > MAX_WARP_PIXELS) throw tooLarge(landed);
  const { image, fromCrop } = await crop(source, box, Math.sqrt(least * most));
  const toLanded = compose(translation(-landed.x, -landed.y), compose(transform, fromCrop));
  // OpenCV's (0,0) is the centre of the first pixel
  const ofCentres = compose(translation(-0.5, -0.5), compose(toLanded, translation(0.5, 0.5)));
  return { box: landed, image: await warpPremultiplied(image, ofCentres, { width: landed.w, height: landed.h }) };
}

/** The whole pixels of the target that the warped box touches. */
function landingBox(transform: Homography, box: Box, { width, height }: Size): Box | null {
  const corners = [0, 1, 2, 3].map((n) =>
    project(transform, { x: box.x + (n % 2) * box.w, y: box.y + (n >> 1) * box.h }),
  );
  const xs = corners.map(({ x }) => x);
  const ys = corners.map(({ y }) => y);
  const [x, y] = [Math.floor(Math.min(...xs)) - MARGIN_PX, Math.floor(Math.min(...ys)) - MARGIN_PX];
  const w = Math.ceil(Math.max(...xs)) + MARGIN_PX - x;
  const h = Math.ceil(Math.max(...ys)) + MARGIN_PX - y;
  const visible = clip({ x, y, w, h }, width, height);
  return visible.w > 0 && visible.h > 0 ? visible : null;
}

/** Crops the source to the box, downscales it for a small scale, and adds a transparent margin. */
async function crop(source: RgbaImage, box: Box, scale: number): Promise<{ image: RgbaImage; fromCrop: Homography }> {
  const factor = scale < MIN_WARP_SCALE ? scale : 1;
  const width = Math.max(1, Math.round(box.w * factor));
  const height = Math.max(1, Math.round(box.h * factor));
  const margins = { top: MARGIN_PX, bottom: MARGIN_PX, left: MARGIN_PX, right: MARGIN_PX };
  const cut = sharp(source.rgba, {
    raw: { width: source.width, height: source.height, channels: 4 },
    limitInputPixels: false,
  })
    // downscales only: sharp shifts by half a pixel when it upscales
    .extract({ left: box.x, top: box.y, width: box.w, height: box.h })
    .resize(width, height, { fit: 'fill' });
  const { data, info } = await cut
    .extend({ ...margins, background: { r: 0, g: 0, b: 0, alpha: 0 } })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const upscale = scaling(box.w / width, box.h / height);
  return {
    image: { width: info.width, height: info.height, rgba: data },
    fromCrop: compose(translation(box.x, box.y), compose(upscale, translation(-MARGIN_PX, -MARGIN_PX))),
  };
}

/**
 * Warps a whole image like the published code: OpenCV's `warpPerspective` with straight alpha, so transparent pixels colour
 * the edge.
 * Source: edit_propagation.ipynb of Tang et al., 2023.
 * @param transform source to target, between pixel centres
 * @throws SamepointError `IMAGE_TOO_LARGE`
 */
export async function warpStraightAlpha(
  source: RgbaImage,
  transform: Homography,
  { width, height }: Size,
): Promise<RgbaImage> {
  if (source.width * source.height + width * height > MAX_WARP_PIXELS) throw tooLarge({ w: width, h: height });
  const inOpenCv = await openCv();
  return inOpenCv(({ cv, keep }) => {
    const from = keep(cv.matFromArray(source.height, source.width, cv.CV_8UC4, source.rgba));
    const matrix = keep(cv.matFromArray(3, 3, cv.CV_64FC1, transform));
    const to = keep(new cv.Mat());
    cv.warpPerspective(from, to, matrix, new cv.Size(width, height), LINEAR, CONSTANT_BORDER, new cv.Scalar());
    return { width, height, rgba: Uint8Array.from(to.data) };
  });
}

async function warpPremultiplied(source: RgbaImage, transform: Homography, size: Size): Promise<RgbaImage> {
  const inOpenCv = await openCv();
  try {
    return inOpenCv(({ cv, keep }) => {
      const from = keep(new cv.Mat(source.height, source.width, cv.CV_16UC4));
      premultiply(source.rgba, from.data16U);
      const matrix = keep(cv.matFromArray(3, 3, cv.CV_64FC1, transform));
      const to = keep(new cv.Mat());
      const { width, height } = size;
      cv.warpPerspective(from, to, matrix, new cv.Size(width, height), LINEAR, CONSTANT_BORDER, new cv.Scalar());
      return { width, height, rgba: unpremultiply(to.data16U) };
    });
  } catch (cause) {
    throw String(cause).includes('Insufficient memory') ? tooLarge({ w: size.width, h: size.height }) : cause;
  }
}

/** Colours times alpha, and alpha times 255, in 16 bits. */
function premultiply(rgba: Uint8Array, into: Uint16Array): void {
  for (let i = 0; i < rgba.length; i += 4) {
    const alpha = rgba[i + 3] ?? 0;
    for (let c = 0; c < 3; c++) into[i + c] = (rgba[i + c] ?? 0) * alpha;
    into[i + 3] = alpha * FULL_ALPHA;
  }
}

function unpremultiply(premultiplied: Uint16Array): Uint8Array {
  const rgba = new Uint8Array(premultiplied.length);
  for (let i = 0; i < rgba.length; i += 4) {
    const alpha = premultiplied[i + 3] ?? 0;
    rgba[i + 3] = Math.round(alpha / FULL_ALPHA);
    if (alpha === 0) continue;
    for (let c = 0; c < 3; c++)
      rgba[i + c] = Math.min(255, Math.round(((premultiplied[i + c] ?? 0) * FULL_ALPHA) / alpha));
  }
  return rgba;
}

function tooLarge({ w, h }: Pick<Box, 'w' | 'h'>): SamepointError {
  return new SamepointError(
    'IMAGE_TOO_LARGE',
    `Warping an image to ${w}×${h} pixels takes too much memory.`,
    'Export the images at a smaller size.',
  );
}
