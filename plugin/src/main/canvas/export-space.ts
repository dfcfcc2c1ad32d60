import type { Affine, Box } from '@samepoint/shared-protocol';
import { LIMITS } from '@samepoint/shared-protocol/limits';
import { applyToBox, compose, invert, scaling } from '../../shared/affine.js';
import { canvasTransform, type FrameLike, findSceneNode, isFrameLike, pageOf } from './nodes.js';

/** Size of a frame's export. */
const EXPORT_SIZE = {
  /** The longer side is at most this long. */
  longSidePx: 1536,
  /** Small frames are enlarged at most this much. */
  maxScale: 2,
} as const;

/** Width in pixels of the export of a frame of this size. */
export function exportWidth(width: number, height: number): number {
  const scale = Math.min(EXPORT_SIZE.maxScale, EXPORT_SIZE.longSidePx / Math.max(width, height));
  return Math.min(LIMITS.imageSidePx, Math.max(1, Math.floor(width * scale)));
}

/** Tolerance for the height of an export, which Figma rounds to whole pixels. */
const HEIGHT_TOLERANCE_PX = 2;

/** Whether an export has the proportions of the frame. Otherwise its pixels do not match the frame's coordinates. */
export function hasProportionsOf(frame: Size, image: Size): boolean {
  return Math.abs(image.height - (image.width * frame.height) / frame.width) <= HEIGHT_TOLERANCE_PX;
}

interface Size {
  width: number;
  height: number;
}

/** Maps frame coordinates to pixels of the export. Pixel (0,0) is the frame's own corner, whatever its rotation. */
function frameToPixels(frame: FrameLike): Affine {
  const scale = exportWidth(frame.width, frame.height) / frame.width;
  return scaling(scale, scale);
}

/** Maps the canvas to pixels of the frame's export; null for a frame without area. */
export function canvasToPixels(frame: FrameLike): Affine | null {
  const toFrame = invert(canvasTransform(frame));
  return toFrame === null || frame.width <= 0 ? null : compose(frameToPixels(frame), toFrame);
}

/** Maps pixels of the frame's export to the canvas; null for a frame without area. */
export function pixelsToCanvas(frame: FrameLike): Affine | null {
  const toPixels = canvasToPixels(frame);
  return toPixels === null ? null : invert(toPixels);
}

/**
 * Shows the page of a node and scrolls to it, centred on `box` (pixels of its export) if given. The selections of the
 * pages stay.
 */
export async function reveal(nodeId: string, box: Box | null): Promise<void> {
  const node = await findSceneNode(nodeId);
  if (node === null) return;
  const page = pageOf(node);
  if (page !== null && page.id !== figma.currentPage.id) await figma.setCurrentPageAsync(page);
  figma.viewport.scrollAndZoomIntoView([node]);
  const toCanvas = isFrameLike(node) ? pixelsToCanvas(node) : null;
  if (box === null || toCanvas === null) return;
  const { x, y, w, h } = applyToBox(toCanvas, box);
  figma.viewport.center = { x: x + w / 2, y: y + h / 2 };
}
