import type { Box, Point } from '@samepoint/shared-protocol';
import type { RgbaImage } from '../../images/decode.js';
import type { Size } from '../../images/resize.js';
import { clip, grow } from '../transforms/boxes.js';
import { quasiRandomPoints } from '../transforms/reproducible-random.js';

/** Pixels less opaque than this are not edited; of 255. */
const MIN_ALPHA = 8;

/** Tries for each point that is wanted: a thin edit fills little of its box. */
const TRIES_PER_POINT = 50;

/** The box around the pixels that are edited; null where the edit is empty. */
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
 * Points spread evenly over the edited pixels, the same in every run.
 * @param box what `editBox` gave
 * @returns at most `count` points in pixels; fewer where the edit is thin
 */
export function pointsInEdit(image: RgbaImage, box: Box, count: number): Point[] {
  return pointsWhere(box, count, (point) => isEdited(image, point));
}

/**
 * Points spread evenly around the edit, at most `marginPx` from its box and none of them in it.
 * @param box what `editBox` gave
 */
export function pointsAroundEdit(image: RgbaImage, box: Box, marginPx: number, count: number): Point[] {
  const around = clip(grow(box, marginPx), image.width, image.height);
  return pointsWhere(around, count, (point) => !isEdited(image, point));
}

/** Points spread evenly over all of an image. */
export function pointsAllOver({ width, height }: Size, count: number): Point[] {
  return pointsWhere({ x: 0, y: 0, w: width, h: height }, count, () => true);
}

function pointsWhere(box: Box, count: number, isWanted: (point: Point) => boolean): Point[] {
  const points: Point[] = [];
  let tries = count * TRIES_PER_POINT;
  for (const { x: u, y: v } of quasiRandomPoints()) {
    if (points.length === count || tries-- === 0) break;
    const point = { x: box.x + u * box.w, y: box.y + v * box.h };
    if (isWanted(point)) points.push(point);
  }
  return points;
}

function isEdited({ width, rgba }: RgbaImage, { x, y }: Point): boolean {
  return (rgba[(Math.floor(y) * width + Math.floor(x)) * 4 + 3] ?? 0) >= MIN_ALPHA;
}
