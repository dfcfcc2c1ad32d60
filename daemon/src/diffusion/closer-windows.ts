import type { Box, Point } from '@samepoint/shared-protocol';
import type { Size } from '../images/resize.js';
import { type InputSize, type LevelSize, levelSize } from './input-size.js';

/** How large a backend sees images and their parts when it looks closer. Pixels of the network's input. */
export interface CloserSize {
  /** Longer side that an image would have, were it seen whole. */
  longSidePx: number;
  /** Side of the windows it is seen through. */
  windowPx: number;
}

/** Times the finest of the preset's looks. */
const CLOSER = 2;

/**
 * Side of a window, as part of what the network usually sees. On the mockup pairs of `docs/evaluation.md`, windows as large
 * as that take almost three times as long and find 2.6 % more points within 0.5 %, and none more within 1 %.
 */
const WINDOW = 0.5;

/** What an image is enlarged by at most; beyond, there are only larger pixels. */
const MAX_ENLARGEMENT = 4;

/** Windows overlap by this part of their side, so that a point need not lie at the edge of one. */
const OVERLAP = 0.25;

/** A window is half as large as what the network usually sees: what is near tells places a few pixels apart. */
export function closerSize(size: InputSize, downscaleSteps = 0): CloserSize {
  const scale = 0.5 ** downscaleSteps;
  const [finest, usual] = sidesOf(size);
  const cells = Math.max(1, Math.round((WINDOW * scale * usual) / size.multiple));
  return { longSidePx: CLOSER * scale * finest, windowPx: cells * size.multiple };
}

function sidesOf(size: InputSize): [finest: number, usual: number] {
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

/** How a window, which is an image of its own, is put into the network. */
export function windowLevelSize({ multiple }: InputSize, { windowPx }: CloserSize, window: Size): LevelSize {
  return levelSize({ fit: 'long-sides', px: [windowPx], basePx: windowPx, multiple }, 0, window);
}

/** The most that an image may be magnified, in pixels of the input per pixel of the image. */
export function maxZoom({ width, height }: Size, { longSidePx }: CloserSize): number {
  return Math.min(MAX_ENLARGEMENT, longSidePx / Math.max(width, height));
}

/**
 * The window of an image in whose middle a point lies most. Windows of one zoom stand in a grid, so that points near each
 * other share one, and so do points that are asked for later.
 * @param zoom pixels of the input per pixel of the image
 * @returns whole pixels of the image
 */
export function windowAround(point: Point, image: Size, zoom: number, { windowPx }: CloserSize): Box {
  const side = Math.max(1, Math.round(windowPx / zoom));
  const [w, h] = [Math.min(side, image.width), Math.min(side, image.height)];
  return { x: startOf(point.x, w, image.width), y: startOf(point.y, h, image.height), w, h };
}

/** Start of the window along one axis. */
function startOf(at: number, window: number, image: number): number {
  const room = image - window;
  if (room <= 0) return 0;
  const steps = Math.ceil(room / ((1 - OVERLAP) * window));
  const nearest = Math.round(((at - window / 2) / room) * steps);
  return Math.round((Math.min(Math.max(nearest, 0), steps) / steps) * room);
}
