import { LIMITS } from '@samepoint/shared-protocol/limits';
import type { ExportedItem } from '../shared/messages.js';
import { carriesAnnotations, describe } from './annotation-rules.js';
import { findSceneNode, isScreen, walkShown } from './nodes.js';

/** How many native annotations hang on the node and on what is visible in it. */
export function countAnnotations(root: SceneNode): number {
  let count = 0;
  walkShown(root, (node) => {
    if (carriesAnnotations(node)) count += node.annotations.length;
    return true;
  });
  return count;
}

/** The annotations of a frame as items, and sentences about those that do not fit a job. */
export function collectAnnotationItems(root: SceneNode): { items: ExportedItem[]; notices: string[] } {
  const items: ExportedItem[] = [];
  let unreachable = 0;
  walkShown(root, (node) => {
    if (!carriesAnnotations(node)) return true;
    node.annotations.forEach((annotation, index) => {
      const itemId = annotationItemId(node.id, index);
      if (itemId.length > LIMITS.idChars || items.length >= LIMITS.itemsPerJob) {
        unreachable += 1;
        return;
      }
      items.push({
        item: { kind: 'layer', itemId, layerId: node.id },
        label: describe(annotation),
        detail: isScreen(node) && node.id === root.id ? 'on the frame itself' : `on “${node.name}”`,
      });
    });
    return true;
  });
  const notices =
    unreachable === 0
      ? []
      : [`${unreachable} annotations were left out: there are too many, or they sit too deep inside nested instances.`];
  return { items, notices };
}

export function annotationItemId(nodeId: string, index: number): string {
  return `${nodeId}#${index}`;
}

/** The annotation an item stands for, or null when it is gone since the export. */
export async function findAnnotation(itemId: string): Promise<Annotation | null> {
  const separator = itemId.lastIndexOf('#');
  const node = await findSceneNode(itemId.slice(0, separator));
  if (node === null || !carriesAnnotations(node)) return null;
  return node.annotations[Number(itemId.slice(separator + 1))] ?? null;
}
