import { compose, toRows, uniformScale, withoutScale } from '../../shared/affine.js';
import { canvasToChildren, canvasTransform, hasLayout, isPicture } from '../canvas/nodes.js';
import type { Journal } from './journal.js';
import type { MarkOperation, OverlayOperation, PictureOperation, Written } from './operations.js';
import { removePrevious } from './previous.js';
import { isPlacedOn, writeOrigin } from './provenance.js';

/** A scale this close to 1 is ignored, so that sizes stay whole numbers. */
const SCALE_TOLERANCE = 0.005;

type Copy = SceneNode & LayoutMixin;

export interface OverlayCopy {
  operation: OverlayOperation;
  copy: Copy;
}

/** Copies the overlay to the target. A main component is placed as an instance. */
export function writeOverlay(operation: OverlayOperation, journal: Journal): Written & { copy: Copy } {
  const { node, target, sourceId, itemId, previous, parent } = operation;
  const copy: Copy = copyOf(node);
  journal.created(copy);
  const placed = compose(operation.transform, canvasTransform(node));
  const scale = uniformScale(placed);
  if (Math.abs(scale - 1) > SCALE_TOLERANCE) copy.rescale(scale);
  insertOnTarget(copy, operation);
  if ('layoutMode' in parent && parent.layoutMode !== 'NONE' && 'layoutPositioning' in copy) {
    copy.layoutPositioning = 'ABSOLUTE';
  }
  copy.relativeTransform = toRows(withoutScale(compose(canvasToChildren(parent), placed)));
  const record = { kind: 'node', sourceId, itemId, nodeId: copy.id } as const;
  writeOrigin(copy, record, target.id, journal);
  const isUpdate = previous !== null && removePrevious(previous, journal);
  return { outcome: isUpdate ? 'updated' : 'created', record, copy };
}

function copyOf(node: Copy): Copy {
  const copy: SceneNode = node.type === 'COMPONENT' ? node.createInstance() : node.clone();
  if (!hasLayout(copy)) throw new Error(`“${node.name}” can’t be copied`);
  return copy;
}

/** Inserts the node at the index of the previous one, right above a picture, else on top of the parent. */
export function insertOnTarget(
  copy: SceneNode,
  { parent, previous, target }: OverlayOperation | PictureOperation | MarkOperation,
): void {
  const indexOf = (id: string | undefined) => parent.children.findIndex((child) => child.id === id);
  const index = indexOf(previous?.node?.id);
  const picture = isPicture(target) ? indexOf(target.id) : -1;
  if (index >= 0) parent.insertChild(index, copy);
  else if (picture >= 0) parent.insertChild(indexAbove(parent, picture, target.id), copy);
  else parent.appendChild(copy);
}

/** The index above a picture and above what was placed on it. */
function indexAbove({ children }: ChildrenMixin, picture: number, pictureId: string): number {
  const others = children.slice(picture + 1);
  const placed = others.findIndex((sibling) => !isPlacedOn(sibling, pictureId));
  return picture + 1 + (placed < 0 ? others.length : placed);
}

/**
 * Groups the copy of a mask with the copies that it masks, since a mask clips all later siblings.
 * `written` is in layer order.
 */
export function groupMasks(written: readonly OverlayCopy[], journal: Journal): void {
  const grouped = new Set<string>();
  for (const [index, { operation, copy }] of written.entries()) {
    if (grouped.has(copy.id) || !('isMask' in operation.node) || !operation.node.isMask) continue;
    const masked = written.slice(index).filter((other) => belongTogether(operation, other.operation));
    for (const other of masked) grouped.add(other.copy.id);
    const group = figma.group(
      masked.map((other) => other.copy),
      operation.parent,
    );
    group.name = `${operation.node.name} (masked)`;
    journal.created(group);
  }
}

function belongTogether(mask: OverlayOperation, other: OverlayOperation): boolean {
  return (
    other.target.id === mask.target.id &&
    other.parent.id === mask.parent.id &&
    other.node.parent?.id === mask.node.parent?.id
  );
}
