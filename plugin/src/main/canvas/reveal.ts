import type { Box } from '@samepoint/shared-protocol';
import { applyToBox } from '../../shared/affine.js';
import { pixelsToCanvas } from './export-space.js';
import { findSceneNode, isScreen } from './nodes.js';

/** Brings a node into view, or the place `box` (pixels of its picture) in it. The selection stays as it is. */
export async function reveal(nodeId: string, box: Box | null): Promise<void> {
  const node = await findSceneNode(nodeId);
  if (node === null) return;
  figma.viewport.scrollAndZoomIntoView([node]);
  const toCanvas = isScreen(node) ? pixelsToCanvas(node) : null;
  if (box === null || toCanvas === null) return;
  const { x, y, w, h } = applyToBox(toCanvas, box);
  figma.viewport.center = { x: x + w / 2, y: y + h / 2 };
}
