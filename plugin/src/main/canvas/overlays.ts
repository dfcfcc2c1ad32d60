import { LIMITS } from '@samepoint/shared-protocol/limits';
import { applyToBox, compose } from '../../shared/affine.js';
import type { ExportedItem } from '../../shared/messages.js';
import { canvasToPixels } from './export-space.js';
import { findSceneNode, hasLayout, ownBox, type ScreenNode, toCanvas } from './nodes.js';

/** The chosen overlay layers as items, boxes in pixels of the source's picture. */
export async function collectOverlayItems(
  source: ScreenNode,
  overlayIds: readonly string[],
): Promise<{ items: ExportedItem[]; notices: string[] }> {
  const toPixels = canvasToPixels(source);
  const items: ExportedItem[] = [];
  const notices: string[] = [];
  for (const overlayId of overlayIds.slice(0, LIMITS.itemsPerJob)) {
    const node = await findSceneNode(overlayId);
    if (node === null || !hasLayout(node) || toPixels === null) {
      notices.push('A chosen layer is gone, so it was left out. Select the layers again if you need it.');
      continue;
    }
    if (!node.visible || node.id.length > LIMITS.idChars) {
      notices.push(`“${node.name}” was left out: it is hidden or sits too deep inside nested instances.`);
      continue;
    }
    const box = applyToBox(compose(toPixels, toCanvas(node)), ownBox(node));
    items.push({ item: { kind: 'overlay', itemId: node.id, box }, label: node.name, detail: kindOf(node) });
  }
  return { items, notices };
}

function kindOf(node: SceneNode): string {
  return node.type.toLowerCase().replace(/_/g, ' ');
}
