import type { Box, Point } from '@samepoint/shared-protocol';
import type { Size } from '../images/resize.js';
import { type InputSize, type LevelSize, levelSize } from './input-size.js';

/** Resolution of the windows for coarse-to-fine refinement, in pixels of the network's input. */
export interface FineSize {
  /** Longer side that the whole image would have at this resolution. */
  longSidePx: number;
  /** Side of a window. */
  windowPx: number;
}

/** Resolution of the windows, relative to the finest pyramid level. */
const ZOOM = 2;

/** Side of a window, relative to the input of the base level. Twice that takes 2.7 times as long and gains nothing at 1 %. */
const WINDOW = 0.5;

/** Largest enlargement of an image; beyond, there are only larger pixels. */
const MAX_ENLARGEMENT = 4;

/** Overlap of neighbouring windows, relative to their side, so that no point has to lie near the edge of a window. */
const OVERLAP = 0.25;

/** @param downscaleSteps how many times to halve the size, when memory is short */
export function fineSize(size: InputSize, downscaleSteps = 0): FineSize {
  const scale = 0.5 ** downscaleSteps;
  const [finest, base] = longSides(size);
  const cells = Math.max(1, Math.round((WINDOW * scale * base) / size.multiple));
  return { longSidePx: ZOOM * scale * finest, windowPx: cells * size.multiple };
}

function longSides(size: InputSize): [finest: number, base: number] {
  switch (size.fit) {
    case 'squash':
      return [Math.max(size.width, size.height), Math.max(size.width, size.height)];
    case 'bucket':
      return [size.side, size.side];
    case 'short-side':
      return [size.px, size.px];
    case 'long-sides':
      return [Math.max(...size.px), size.basePx];
  }
}

/** Input size of a window, which the network treats as an image of its own. */
export function windowLevelSize({ multiple }: InputSize, { windowPx }: FineSize, window: Size): LevelSize {
  return levelSize({ fit: 'long-sides', px: [windowPx], basePx: windowPx, multiple }, 0, window);
}

/** The largest zoom of an image, in pixels of the input per pixel of the image. */
export function maxZoom({ width, height }: Size, { longSidePx }: FineSize): number {
  return Math.min(MAX_ENLARGEMENT, longSidePx / Math.max(width, height));
}

/**
 * The window with a point nearest to its centre. The windows of one zoom form a grid, so that nearby points share a window, and
 * later points find it in the cache.
 * @param zoom pixels of the input per pixel of the image
 * @returns whole pixels of the image
 */
export function windowAround(point: Point, image: Size, zoom: number, { windowPx }: FineSize): Box {
  const side = Math.max(1, Math.round(windowPx / zoom));
  const [w, h] = [Math.min(side, image.width), Math.min(side, image.height)];
  return { x: windowStart(point.x, w, image.width), y: windowStart(point.y, h, image.height), w, h };
}

/** Start of the window along one axis. */
function windowStart(point: number, window: number, image: number): number {
  const room = image - window;
  if (room <= 0) return 0;
  const steps = Math.ceil(room / ((1 - OVERLAP) * window));
  const nearest = Math.round(((point - window / 2) / room) * steps);
  return Math.round((Math.min(Math.max(nearest, 0), steps) / steps) * room);
}
