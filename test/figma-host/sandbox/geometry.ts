import { type Bounds, boundsOf, IDENTITY, inverse, multiply, union } from '../matrix.js';
import type { Matrix, RawNode } from '../spec.js';
import { children, find, get, prop } from './store.js';

/** Groups have no coordinate system: their children use that of the group's container. */
export function isGroupLike(node: RawNode): boolean {
  return node.type === 'GROUP' || node.type === 'BOOLEAN_OPERATION';
}

function container(node: RawNode): RawNode | null {
  let parent = node.parentId === null ? null : find(node.parentId);
  while (parent !== null && isGroupLike(parent)) parent = parent.parentId === null ? null : find(parent.parentId);
  return parent;
}

/** Maps the node's own coordinates to its container's. */
export function relativeMatrix(node: RawNode): Matrix {
  if (!isGroupLike(node)) return node.matrix;
  const box = groupBounds(node);
  return box === null ? node.matrix : [1, 0, 0, 1, box.x, box.y];
}

export function containerMatrix(node: RawNode): Matrix {
  const parent = container(node);
  return parent === null ? IDENTITY : absoluteMatrix(parent);
}

export function absoluteMatrix(node: RawNode): Matrix {
  if (node.type === 'PAGE' || node.type === 'DOCUMENT') return IDENTITY;
  return multiply(containerMatrix(node), relativeMatrix(node));
}

export function sizeOf(node: RawNode): { width: number; height: number } {
  if (!isGroupLike(node)) return { width: node.width, height: node.height };
  return groupBounds(node) ?? { width: 0, height: 0 };
}

/** The bounding box of a group's children, in its container. */
function groupBounds(node: RawNode): Bounds | null {
  return union(
    children(node).map((child) => {
      const { width, height } = sizeOf(child);
      return boundsOf(relativeMatrix(child), width, height);
    }),
  );
}

export function absoluteBounds(node: RawNode): Bounds {
  const { width, height } = sizeOf(node);
  return boundsOf(absoluteMatrix(node), width, height);
}

/** Sets the node's transform; a group moves its children. */
export function setRelativeMatrix(node: RawNode, matrix: Matrix): void {
  if (isGroupLike(node)) {
    const motion = multiply(matrix, inverse(relativeMatrix(node)));
    for (const child of children(node)) setRelativeMatrix(child, multiply(motion, relativeMatrix(child)));
    return;
  }
  node.matrix = matrix;
}

export function isVisible(node: RawNode): boolean {
  if (prop(node, 'visible', true) === false) return false;
  return node.parentId === null || isVisible(get(node.parentId));
}

/** Whether the node or a descendant paints anything. */
function isPainted(node: RawNode): boolean {
  if (prop(node, 'visible', true) === false || node.type === 'SLICE') return false;
  const own = ['fills', 'strokes'].some((name) => {
    const paints = prop(node, name, []);
    return Array.isArray(paints) && paints.length > 0;
  });
  const hasText = node.type !== 'TEXT' || prop(node, 'characters', '') !== '';
  return (own && hasText) || children(node).some(isPainted);
}

export function renderBounds(node: RawNode): Bounds | null {
  return isVisible(node) && isPainted(node) ? absoluteBounds(node) : null;
}
