import { type Annotatable, supportsAnnotations, toPlainAnnotation } from '../canvas/annotations.js';
import { type FrameLike, findSceneNode, isInside } from '../canvas/nodes.js';
import type { Journal } from './journal.js';
import { hashOfAnnotation, hasOrigin, type PlacedRecord, readPlaced } from './provenance.js';

/** What an earlier run placed for an item. */
export interface Previous {
  record: PlacedRecord;
  /** Null if it was deleted since. */
  node: SceneNode | null;
  /** The pin of a note; null if it was deleted since. */
  pin: SceneNode | null;
}

/** What earlier runs placed, read once for each target. */
export class EarlierRuns {
  private readonly byTarget = new Map<string, Promise<Previous[]>>();

  /** What earlier runs placed on the target, without what is no longer there. */
  on(target: FrameLike): Promise<Previous[]> {
    const known = this.byTarget.get(target.id) ?? findAll(target);
    this.byTarget.set(target.id, known);
    return known;
  }

  /** What an earlier run placed on the target for an item; null if it is no longer there. */
  async find(source: FrameLike, target: FrameLike, itemId: string): Promise<Previous | null> {
    const all = await this.on(target);
    return all.find(({ record }) => record.sourceId === source.id && record.itemId === itemId) ?? null;
  }
}

async function findAll(target: FrameLike): Promise<Previous[]> {
  const found: Previous[] = [];
  for (const record of readPlaced(target)) {
    const previous = { record, ...(await findNodes(target, record)) };
    if (isThere(previous)) found.push(previous);
  }
  return found;
}

/** The nodes of a record. A duplicate of a target has copies of the original's records, which name nodes of the original. */
async function findNodes(target: FrameLike, record: PlacedRecord): Promise<Pick<Previous, 'node' | 'pin'>> {
  const own = async (nodeId: string) => {
    const node = await findSceneNode(nodeId);
    return node !== null && hasOrigin(node, record, target.id) ? node : null;
  };
  if (record.kind === 'note') return { node: await own(record.nodeId), pin: await own(record.pinId) };
  if (record.kind === 'node') return { node: await own(record.nodeId), pin: null };
  const layer = await findSceneNode(record.nodeId);
  const isPart = layer !== null && (layer.id === target.id || isInside(layer, target));
  return { node: isPart ? layer : null, pin: null };
}

/** Whether the node is still there; of an annotation, whether its layer has any that may be the changed one. */
function isThere({ record, node, pin }: Previous): boolean {
  if (record.kind !== 'annotation') return node !== null || pin !== null;
  return node !== null && supportsAnnotations(node) && node.annotations.length > 0;
}

/** Removes what an earlier run placed. Returns false if it was changed or deleted since. */
export function removePrevious(previous: Previous, journal: Journal): boolean {
  const { node, pin, record } = previous;
  if (pin !== null) journal.removeAtEnd(pin);
  if (record.kind !== 'annotation') {
    if (node !== null) journal.removeAtEnd(node);
    return node !== null || pin !== null;
  }
  if (node === null || node.removed || !supportsAnnotations(node)) return false;
  const index = previousIndex(node, previous);
  if (index < 0) return false;
  const rest = node.annotations.filter((_, other) => other !== index).map(toPlainAnnotation);
  setAnnotations(node, rest, journal);
  return true;
}

/** Index of the annotation that an earlier run added to the layer; -1 if it was changed or deleted since. */
export function previousIndex(layer: Annotatable, { record }: Pick<Previous, 'record'>): number {
  if (record.kind !== 'annotation') return -1;
  return layer.annotations.findIndex((annotation) => hashOfAnnotation(annotation) === record.hash);
}

export function setAnnotations(layer: Annotatable, annotations: Annotation[], journal: Journal): void {
  const before = layer.annotations.map(toPlainAnnotation);
  journal.onRollBack(() => {
    if (!layer.removed) layer.annotations = before;
  });
  layer.annotations = annotations;
}
