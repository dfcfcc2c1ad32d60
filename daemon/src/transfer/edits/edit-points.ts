import type { Box, Point } from '@samepoint/shared-protocol';
import type { RgbaImage } from '../../images/decode.js';
import type { Size } from '../../images/resize.js';
import { clip, grow } from '../transforms/boxes.js';
import { quasiRandomPoints } from '../transforms/reproducible-random.js';

/** Pixels with less alpha are not part of the edit; of 255. */
const MIN_ALPHA = 8;

/** Samples for each point: a thin edit fills little of its box. */
const SAMPLES_PER_POINT = 50;

/** The bounding box of the edited pixels; null if there are none. */
export function editBox({ width, height, rgba }: RgbaImage): Box | null {
  let [left, top, right, bottom] = [width, height, 0, 0];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if ((rgba[(y * width + x) * 4 + 3] ?? 0) < MIN_ALPHA) continue;
      left = Math.min(left, x);
      right = Math.max(right, x + 1);
      top = Math.min(top, y);
      bottom = y + 1;
    }
  }
  return right === 0 ? null : { x: left, y: top, w: right - left, h: bottom - top };
}

/**
 * Low-discrepancy points in the edited pixels.
 * @param box from `editBox`
 * @returns at most `count` points in pixels; fewer if the edit is thin
 */
export function pointsInEdit(image: RgbaImage, box: Box, count: number): Point[] {
  return pointsWhere(box, count, (point) => isEdited(image, point));
}

/**
 * Low-discrepancy points around the edited pixels, at most `marginPx` from their box.
 * @param box from `editBox`
 */
export function pointsAroundEdit(image: RgbaImage, box: Box, marginPx: number, count: number): Point[] {
  const around = clip(grow(box, marginPx), image.width, image.height);
  return pointsWhere(around, count, (point) => !isEdited(image, point));
}

/** Low-discrepancy points all over an image. */
export function pointsAllOver({ width, height }: Size, count: number): Point[] {
  return pointsWhere({ x: 0, y: 0, w: width, h: height }, count, () => true);
}

function pointsWhere(box: Box, count: number, accepts: (point: Point) => boolean): Point[] {
  const points: Point[] = [];
  let samples = count * SAMPLES_PER_POINT;
  for (const { x: u, y: v } of quasiRandomPoints()) {
    if (points.length === count || samples-- === 0) break;
    const point = { x: box.x + u * box.w, y: box.y + v * box.h };
    if (accepts(point)) points.push(point);
  }
  return points;
}

function isEdited({ width, rgba }: RgbaImage, { x, y }: Point): boolean {
  return (rgba[(Math.floor(y) * width + Math.floor(x)) * 4 + 3] ?? 0) >= MIN_ALPHA;
}
