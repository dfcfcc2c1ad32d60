import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { maskDifference, opaqueBox } from './flow/pictures/pictures-pixels.js';
import type { PictureEdit, PicturesEffect, PicturesEvent, WarpedPicture } from './flow/pictures/pictures-state.js';
import type { HashedFrame } from './flow/request.js';
import { decodePng } from './views/opaque-picture.js';

type Flatten = Extract<PicturesEffect, { type: 'pictures.flatten' }>;

/** Figma accepts images of at most this many pixels a side. */
const MAX_SIDE_PX = 4096;

/** Draws what the flow asks for. */
export async function drawPictures(effect: PicturesEffect): Promise<PicturesEvent> {
  const { jobId } = effect;
  try {
    if (effect.type === 'pictures.flatten') {
      return { type: 'pictures.flattened', jobId, edit: await flatten(effect) };
    }
    const pictures: WarpedPicture[] = [];
    // one at a time, so that memory holds the bitmaps of one target
    for (const { picture, target } of effect.pictures) pictures.push(...(await clip(picture, target)));
    return { type: 'pictures.clipped', jobId, pictures };
  } catch {
    return { type: 'pictures.undrawable', jobId };
  }
}

/** Draws the difference of the two versions and the overlays into one image of the source's size; null if it is empty. */
async function flatten({ source, after, overlays }: Flatten): Promise<PictureEdit | null> {
  const { width, height } = source;
  const { canvas, context } = createCanvas(width, height);
  if (after !== null) {
    const [before, edited] = [await pixelsOf(source, width, height), await pixelsOf(after, width, height)];
    maskDifference(before.data, edited.data, width);
    context.putImageData(edited, 0, 0);
  }
  for (const { png, transform } of overlays) {
    const { a, b, c, d, e, f } = transform;
    const bitmap = await decodePng(png);
    context.setTransform(a, b, c, d, e, f);
    context.drawImage(bitmap, 0, 0);
    bitmap.close();
  }
  context.resetTransform();
  const box = opaqueBox(context.getImageData(0, 0, width, height).data, width);
  if (box === null) return null;
  const png = await encodePng(canvas);
  return { imageId: bytesToHex(sha256(png)), png, width, height, box };
}

/** Cuts the edit to the picture's shape: a round picture gets a round edit. Empty if nothing is left. */
async function clip(picture: WarpedPicture, target: HashedFrame): Promise<WarpedPicture[]> {
  const { box } = picture;
  const scale = Math.min(1, MAX_SIDE_PX / Math.max(box.w, box.h));
  const [width, height] = [Math.max(1, Math.round(box.w * scale)), Math.max(1, Math.round(box.h * scale))];
  const { canvas, context } = createCanvas(width, height);
  const [edit, shape] = [await decodePng(picture.png), await decodePng(target.png)];
  context.drawImage(edit, 0, 0, width, height);
  const whole = context.getImageData(0, 0, width, height).data;
  context.globalCompositeOperation = 'destination-in';
  context.drawImage(shape, -box.x * scale, -box.y * scale, target.width * scale, target.height * scale);
  edit.close();
  shape.close();
  const clipped = context.getImageData(0, 0, width, height).data;
  if (opaqueBox(clipped, width) === null) return [];
  // encoding is slow, and most pictures are opaque
  const isWhole = scale === 1 && clipped.every((value, index) => value === whole[index]);
  return [isWhole ? picture : { ...picture, png: await encodePng(canvas) }];
}

async function pixelsOf({ png }: HashedFrame, width: number, height: number): Promise<ImageData> {
  const { context } = createCanvas(width, height);
  const bitmap = await decodePng(png);
  context.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  return context.getImageData(0, 0, width, height);
}

/** An empty canvas to draw on and to read from. */
export function createCanvas(width: number, height: number) {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null) throw new Error('no 2D context');
  context.imageSmoothingQuality = 'high';
  return { canvas, context };
}

export async function encodePng(canvas: OffscreenCanvas): Promise<Uint8Array> {
  const blob = await canvas.convertToBlob({ type: 'image/png' });
  return new Uint8Array(await blob.arrayBuffer());
}
