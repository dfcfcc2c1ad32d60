import { LIMITS } from '@samepoint/shared-protocol/limits';
import type { ExportedItem } from '../../shared/messages.js';
import { carriesAnnotations, describe, fingerprint } from './annotation-rules.js';
import { findSceneNode, walkShown } from './nodes.js';

/** How many native annotations hang on the node and on what is visible in it. */
export function countAnnotations(root: SceneNode): number {
  let count = 0;
  walkShown(root, (node) => {
    if (carriesAnnotations(node)) count += node.annotations.length;
    return true;
  });
  return count;
}

/**
 * The annotations of a frame as items, and sentences about those that were left out.
 * `known` holds the layers that are exported: an item has to speak of one of them. `marks` tells by item what each says.
 */
export function collectAnnotationItems(
  root: SceneNode,
  known: ReadonlySet<string>,
): { items: ExportedItem[]; notices: string[]; marks: Map<string, string> } {
  const items: ExportedItem[] = [];
  const marks = new Map<string, string>();
  let unreachable = 0;
  walkShown(root, (node) => {
    if (!carriesAnnotations(node)) return true;
    node.annotations.forEach((annotation, index) => {
      const itemId = annotationItemId(node.id, index);
      if (!known.has(node.id) || itemId.length > LIMITS.idChars || items.length >= LIMITS.itemsPerJob) {
        unreachable += 1;
        return;
      }
      const detail = node.id === root.id ? 'on the frame itself' : `on “${node.name}”`;
      marks.set(itemId, fingerprint(annotation));
      items.push({ item: { kind: 'layer', itemId, layerId: node.id }, label: describe(annotation), detail });
    });
    return true;
  });
  return { items, marks, notices: [...leftOutNotice(unreachable), ...hiddenNotice(root)] };
}

function leftOutNotice(count: number): string[] {
  if (count === 0) return [];
  const what = count === 1 ? 'One annotation was' : `${count} annotations were`;
  return [`${what} left out: there are too many layers, or they sit too deep inside nested instances.`];
}

function hiddenNotice(root: SceneNode): string[] {
  if (!('findAll' in root)) return [];
  const all = [root, ...root.findAll(carriesAnnotations)].filter(carriesAnnotations);
  const hidden = all.reduce((sum, node) => sum + node.annotations.length, 0) - countAnnotations(root);
  if (hidden === 0) return [];
  const what = hidden === 1 ? 'One annotation hangs on a hidden layer' : `${hidden} annotations hang on hidden layers`;
  return [`${what} and stays behind. Show the layer to carry it over.`];
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
