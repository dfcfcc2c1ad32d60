import { compose, fromRows, IDENTITY, invert, toRows, uniformScale, withoutScale } from '../../shared/affine.js';
import { hasLayout, toCanvas } from '../canvas/nodes.js';
import { SCALE_TOLERANCE } from '../tables.js';
import type { Journal } from './journal.js';
import type { OverlayOperation, Written } from './operations.js';
import { markOrigin } from './provenance.js';
import { retire } from './write-annotation.js';

type Copy = SceneNode & LayoutMixin;

export interface OverlayCopy {
  operation: OverlayOperation;
  copy: Copy;
}

/** Copies the overlay to its place on the target. A main component is placed as an instance, never doubled. */
export function writeOverlay(operation: OverlayOperation, journal: Journal): Written & { copy: Copy } {
  const { node, target, sourceId, itemId, previous, parent } = operation;
  const copy: Copy = copyOf(node);
  journal.created(copy);
  const placed = compose(operation.move, toCanvas(node));
  const scale = uniformScale(placed);
  if (Math.abs(scale - 1) > SCALE_TOLERANCE) copy.rescale(scale);
  insert(copy, parent, previous?.node ?? null);
  if ('layoutMode' in parent && parent.layoutMode !== 'NONE' && 'layoutPositioning' in copy) {
    copy.layoutPositioning = 'ABSOLUTE';
  }
  const toParent = 'absoluteTransform' in parent ? invert(fromRows(parent.absoluteTransform)) : IDENTITY;
  copy.relativeTransform = toRows(withoutScale(compose(toParent ?? IDENTITY, placed)));
  const record = { kind: 'node', sourceId, itemId, nodeId: copy.id } as const;
  markOrigin(copy, record, target.id, journal);
  const isRenewed = previous !== null && retire(previous, journal);
  return { outcome: isRenewed ? 'updated' : 'created', record, copy };
}

function copyOf(node: Copy): Copy {
  const copy: SceneNode = node.type === 'COMPONENT' ? node.createInstance() : node.clone();
  if (!hasLayout(copy)) throw new Error(`Figma made a copy of “${node.name}” that cannot be placed`);
  return copy;
}

/** On top of the parent, or where the copy of the last run was. */
function insert(copy: Copy, parent: BaseNode & ChildrenMixin, former: SceneNode | null): void {
  const index = former === null ? -1 : parent.children.findIndex((child) => child.id === former.id);
  if (index < 0) parent.appendChild(copy);
  else parent.insertChild(index, copy);
}

/**
 * A mask masks every later sibling, so the copy of a mask is put in a group with the copies that it masked before.
 * `written` is in the order of the layers.
 */
export function groupMasks(written: readonly OverlayCopy[], journal: Journal): void {
  const taken = new Set<string>();
  for (const [index, { operation, copy }] of written.entries()) {
    if (taken.has(copy.id) || !('isMask' in operation.node) || !operation.node.isMask) continue;
    const masked = written.slice(index).filter((other) => belongTogether(operation, other.operation));
    for (const other of masked) taken.add(other.copy.id);
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
