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

/** A source that shrinks more than this is made smaller first, so that no pixel of it is passed over. */
const SHRINKS = 0.75;

/** Transparent pixels around the source, so that its edge fades within one pixel. */
const MARGIN_PX = 1;

/** `warpPerspective` of OpenCV: linear, with transparency outside. */
const LINEAR = 1;
const CONSTANT_BORDER = 0;

/** Source and result together; each takes 8 bytes of the 2 GB of WebAssembly, which never gives memory back. */
const MAX_WARP_PIXELS = 80_000_000;

const FULL_ALPHA = 255;

/**
 * The pixels of `box` of the source as the transform puts them into the target. Colours are weighted by their alpha on
 * the way, so that transparent pixels lend no colour to the edge.
 * @param transform source pixels to target pixels, with (0,0) at the outer corner of the first pixel
 * @returns the part inside the target; null where there is none
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

/** Whole pixels of the target that the box may touch. */
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

/** The box of the source with a transparent margin, made smaller where it shrinks. */
async function crop(source: RgbaImage, box: Box, scale: number): Promise<{ image: RgbaImage; fromCrop: Homography }> {
  const factor = scale < SHRINKS ? scale : 1;
  const width = Math.max(1, Math.round(box.w * factor));
  const height = Math.max(1, Math.round(box.h * factor));
  const margins = { top: MARGIN_PX, bottom: MARGIN_PX, left: MARGIN_PX, right: MARGIN_PX };
  const cut = sharp(source.rgba, {
    raw: { width: source.width, height: source.height, channels: 4 },
    limitInputPixels: false,
  })
    // only shrinks: what sharp enlarges is moved by half a pixel
    .extract({ left: box.x, top: box.y, width: box.w, height: box.h })
    .resize(width, height, { fit: 'fill' });
  const { data, info } = await cut
    .extend({ ...margins, background: { r: 0, g: 0, b: 0, alpha: 0 } })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const shrink = scaling(box.w / width, box.h / height);
  return {
    image: { width: info.width, height: info.height, rgba: data },
    fromCrop: compose(translation(box.x, box.y), compose(shrink, translation(-MARGIN_PX, -MARGIN_PX))),
  };
}

/**
 * The whole image as OpenCV's `warpPerspective` warps it by default: four channels alike, so that the colour of transparent
 * pixels reaches into the edge.
 * Source: edit_propagation.ipynb of Tang et al., 2023.
 * @param transform source to target, from middle to middle of pixels
 */
export async function warpStraight(
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

/** 8-bit colours times alpha in 16 bits; alpha itself likewise times 255. */
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
    `There is too little memory to warp an image to ${w}×${h} pixels.`,
    'Export the images at a smaller size.',
  );
}
