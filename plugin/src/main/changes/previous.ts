import { type Annotatable, fingerprint, supportsAnnotations, toPlainAnnotation } from '../canvas/annotations.js';
import { type FrameLike, findSceneNode, isInside } from '../canvas/nodes.js';
import type { Journal } from './journal.js';
import { hasOrigin, type PlacedRecord, readPlaced } from './provenance.js';

/** What an earlier run placed for an item. */
export interface Previous {
  record: PlacedRecord;
  /** Null if it was deleted since. */
  node: SceneNode | null;
}

/** Finds what an earlier run placed on the target for an item. */
export async function findPrevious(source: FrameLike, target: FrameLike, itemId: string): Promise<Previous | null> {
  const record = readPlaced(target).find((placed) => placed.sourceId === source.id && placed.itemId === itemId);
  if (record === undefined) return null;
  const node = await findSceneNode(record.nodeId);
  return { record, node: node !== null && belongsToTarget(node, record, target) ? node : null };
}

/** A duplicate of a target has copies of the original's records, which name nodes of the original. */
function belongsToTarget(node: SceneNode, record: PlacedRecord, target: FrameLike): boolean {
  if (record.kind === 'node') return hasOrigin(node, record, target.id);
  return node.id === target.id || isInside(node, target);
}

/** Removes what an earlier run placed. Returns false if it was changed or deleted since. */
export function removePrevious(previous: Previous, journal: Journal): boolean {
  const { node, record } = previous;
  if (node === null) return false;
  if (record.kind === 'node') {
    journal.removeAtEnd(node);
    return true;
  }
  if (!supportsAnnotations(node)) return false;
  const index = previousIndex(node, previous);
  if (index < 0) return false;
  const rest = node.annotations.filter((_, other) => other !== index).map(toPlainAnnotation);
  setAnnotations(node, rest, journal);
  return true;
}

/** Index of the annotation that an earlier run added to the layer; -1 if it was changed or deleted since. */
export function previousIndex(layer: Annotatable, { record }: Previous): number {
  if (record.kind !== 'annotation') return -1;
  return layer.annotations.findIndex((annotation) => fingerprint(annotation) === record.fingerprint);
}

export function setAnnotations(layer: Annotatable, annotations: Annotation[], journal: Journal): void {
  const before = layer.annotations.map(toPlainAnnotation);
  journal.onRollBack(() => {
    if (!layer.removed) layer.annotations = before;
  });
  layer.annotations = annotations;
}
