import type { Layer } from '@samepoint/shared-protocol';
import { LIMITS } from '@samepoint/shared-protocol/limits';
import { applyToBox, compose } from '../../shared/affine.js';
import { carriesAnnotations } from './annotation-rules.js';
import { canvasToPixels } from './export-space.js';
import { hasLayout, ownBox, type ScreenNode, toCanvas, walkShown } from './nodes.js';

/**
 * The visible layers of a frame, the frame itself first, boxes in pixels of its picture.
 * At most `LIMITS.layersPerFrame`; a layer whose id is too long for the protocol is left out.
 */
export function collectLayers(frame: ScreenNode, leaveOut: ReadonlySet<string> = new Set()): Layer[] {
  const toPixels = canvasToPixels(frame);
  if (toPixels === null) return [];
  const layers: Layer[] = [];
  const known = new Set<string>();
  walkShown(frame, (node) => {
    if (leaveOut.has(node.id) || node.id.length > LIMITS.idChars || !hasLayout(node)) return true;
    const parentId = node.id === frame.id ? undefined : node.parent?.id;
    layers.push({
      layerId: node.id,
      ...(parentId !== undefined && known.has(parentId) ? { parentId } : {}),
      type: node.type,
      name: node.name.slice(0, LIMITS.nameChars),
      ...(node.type === 'TEXT' ? { text: node.characters.slice(0, LIMITS.textChars) } : {}),
      box: applyToBox(compose(toPixels, toCanvas(node)), ownBox(node)),
      candidate: carriesAnnotations(node),
    });
    known.add(node.id);
    return layers.length < LIMITS.layersPerFrame;
  });
  return layers;
}
