import type { Affine } from '@samepoint/shared-protocol';
import { LIMITS } from '@samepoint/shared-protocol/limits';
import { compose, invert, scaling } from '../../shared/affine.js';
import { EXPORT } from '../tables.js';
import { type ScreenNode, toCanvas } from './nodes.js';

/** Width in pixels of the picture of a frame of this size. */
export function exportWidth(width: number, height: number): number {
  const scale = Math.min(EXPORT.maxScale, EXPORT.longSidePx / Math.max(width, height));
  return Math.min(LIMITS.imageSidePx, Math.max(1, Math.floor(width * scale)));
}

/** Frame units to pixels of its picture: pixel (0,0) is the frame's own corner, whatever its rotation. */
function frameToPixels(frame: ScreenNode): Affine {
  const scale = exportWidth(frame.width, frame.height) / frame.width;
  return scaling(scale, scale);
}

/** Canvas to pixels of the frame's picture, or null for a frame without an area. */
export function canvasToPixels(frame: ScreenNode): Affine | null {
  const toFrame = invert(toCanvas(frame));
  return toFrame === null || frame.width <= 0 ? null : compose(frameToPixels(frame), toFrame);
}

/** Pixels of the frame's picture to the canvas, or null for a frame without an area. */
export function pixelsToCanvas(frame: ScreenNode): Affine | null {
  const toPixels = canvasToPixels(frame);
  return toPixels === null ? null : invert(toPixels);
}
