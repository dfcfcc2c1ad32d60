import type { Box, Point } from '@samepoint/shared-protocol';
import type { RgbaImage } from '../images/decode.js';
import { quasiRandomPoints } from './quasi-random.js';

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
export function pointsInEdit({ width, rgba }: RgbaImage, box: Box, count: number): Point[] {
  const points: Point[] = [];
  let tries = count * TRIES_PER_POINT;
  for (const { x: u, y: v } of quasiRandomPoints()) {
    if (points.length === count || tries-- === 0) break;
    const point = { x: box.x + u * box.w, y: box.y + v * box.h };
    const alpha = rgba[(Math.floor(point.y) * width + Math.floor(point.x)) * 4 + 3] ?? 0;
    if (alpha >= MIN_ALPHA) points.push(point);
  }
  return points;
}
