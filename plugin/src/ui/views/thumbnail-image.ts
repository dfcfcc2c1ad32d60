import type { Box } from '@samepoint/shared-protocol';
import type { HashedFrame } from '../flow/request.js';
import { decodeOpaque } from './opaque-picture.js';

const THUMBNAIL = {
  /** Side of a thumbnail on the screen, in CSS pixels. */
  sidePx: 56,
  /** Side of the crop, as a multiple of the longer side of the box. */
  context: 1.6,
  /** The smallest crop, in pixels of the frame, so that a small box keeps some surroundings. */
  minCropPx: 96,
  /** Decoded frames in the cache. */
  decodedFrames: 6,
} as const;

/** Decoded frames by image id, least recently used first. */
const decoded = new Map<string, Promise<ImageBitmap>>();

/** The decoded image of a frame, which the cache closes: draw it at once. */
function decodeFrame(frame: HashedFrame): Promise<ImageBitmap> {
  const known = decoded.get(frame.imageId);
  decoded.delete(frame.imageId);
  const bitmap = known ?? decodeOpaque(frame.png);
  decoded.set(frame.imageId, bitmap);
  for (const [imageId, oldest] of decoded) {
    if (decoded.size <= THUMBNAIL.decodedFrames) break;
    decoded.delete(imageId);
    // draws that already await this bitmap run first
    void oldest.then((image) => image.close()).catch(() => undefined);
  }
  return bitmap;
}

/** The part of a canvas element that drawing needs. */
interface Canvas {
  width: number;
  height: number;
  getContext(type: '2d'): CanvasRenderingContext2D | null;
}

/** Draws the crop around `box` and outlines the box. Leaves the canvas empty if the image cannot be decoded. */
export async function drawThumbnail(canvas: Canvas, frame: HashedFrame, box: Box): Promise<void> {
  const scale = globalThis.devicePixelRatio || 1;
  const side = Math.round(THUMBNAIL.sidePx * scale);
  try {
    const bitmap = await decodeFrame(frame);
    canvas.width = side;
    canvas.height = side;
    const context = canvas.getContext('2d');
    if (context === null) return;
    const crop = cropAround(box, bitmap);
    context.imageSmoothingQuality = 'high';
    context.drawImage(bitmap, crop.x, crop.y, crop.w, crop.h, 0, 0, side, side);
    outline(context, box, crop, side / crop.w, scale);
  } catch {
    canvas.width = 0;
  }
}

/**
 * Draws the crop of a frame around `box`, `sidePx` CSS pixels wide. Coordinates are then pixels of the frame.
 * @returns what draws over it, and the size of a CSS pixel in these coordinates
 * @throws if the image cannot be decoded
 */
export async function drawCrop(canvas: Canvas, frame: HashedFrame, box: Box, sidePx: number) {
  const pixelRatio = globalThis.devicePixelRatio || 1;
  const side = Math.round(sidePx * pixelRatio);
  const crop = cropAround(box, frame);
  const zoom = side / crop.w;
  const bitmap = await decodeFrame(frame);
  [canvas.width, canvas.height] = [side, side];
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('no 2D context');
  context.imageSmoothingQuality = 'high';
  context.setTransform(zoom, 0, 0, zoom, -crop.x * zoom, -crop.y * zoom);
  context.drawImage(bitmap, 0, 0, frame.width, frame.height);
  return { context, unit: pixelRatio / zoom };
}

/** Blue on white, to be visible on any design. A point gets a ring. */
function outline(context: CanvasRenderingContext2D, box: Box, crop: Box, zoom: number, scale: number): void {
  const path = new Path2D();
  const x = (box.x - crop.x) * zoom;
  const y = (box.y - crop.y) * zoom;
  if (box.w === 0 && box.h === 0) path.arc(x, y, 5 * scale, 0, 2 * Math.PI);
  else path.roundRect(x, y, Math.max(box.w * zoom, 4 * scale), Math.max(box.h * zoom, 4 * scale), 2 * scale);
  context.strokeStyle = 'rgba(255, 255, 255, 0.9)';
  context.lineWidth = 3 * scale;
  context.stroke(path);
  context.strokeStyle = '#0d99ff';
  context.lineWidth = 1.5 * scale;
  context.stroke(path);
}

/** The square to show for `box`, in pixels of the image: inside the image if it fits, else centred on it. */
export function cropAround(box: Box, image: { width: number; height: number }): Box {
  const { context, minCropPx } = THUMBNAIL;
  const side = Math.max(minCropPx, context * Math.max(box.w, box.h));
  return {
    x: clampStart(box.x + box.w / 2 - side / 2, side, image.width),
    y: clampStart(box.y + box.h / 2 - side / 2, side, image.height),
    w: side,
    h: side,
  };
}

/** Moves `[start, start + side]` into `[0, length]`, or centres it if it is longer. */
function clampStart(start: number, side: number, length: number): number {
  if (side >= length) return (length - side) / 2;
  return Math.min(Math.max(start, 0), length - side);
}
