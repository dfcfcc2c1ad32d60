import type { Box } from '@samepoint/shared-protocol';
import { THUMBNAIL_TUNING } from '../tuning.js';
import type { HashedFrame } from './build-request.js';
import { cropAround } from './crop.js';

/** Decoded frames by image id, the least recently used first. */
const decoded = new Map<string, Promise<ImageBitmap>>();

function decode(frame: HashedFrame): Promise<ImageBitmap> {
  const known = decoded.get(frame.imageId);
  decoded.delete(frame.imageId);
  const bitmap = known ?? createImageBitmap(new Blob([new Uint8Array(frame.png)], { type: 'image/png' }));
  decoded.set(frame.imageId, bitmap);
  for (const [imageId, oldest] of decoded) {
    if (decoded.size <= THUMBNAIL_TUNING.decodedFrames) break;
    decoded.delete(imageId);
    // runs after every draw that already waits for it
    void oldest.then((image) => image.close()).catch(() => undefined);
  }
  return bitmap;
}

/** Draws the place around `box` and outlines the box. Leaves the canvas empty when the image cannot be decoded. */
export async function drawThumbnail(canvas: HTMLCanvasElement, frame: HashedFrame, box: Box): Promise<void> {
  const scale = globalThis.devicePixelRatio || 1;
  const side = Math.round(THUMBNAIL_TUNING.sidePx * scale);
  try {
    const bitmap = await decode(frame);
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

/** A light line on a dark one shows on any design. A point gets a ring. */
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
