import { type Bounds, boundsOf, IDENTITY, inverse, multiply, union } from '../matrix.js';
import type { Matrix, RawNode } from '../spec.js';
import { children, find, get, num, prop } from './store.js';

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

/** Applies auto layout to all frames, innermost first. */
export function layOut(node: RawNode): void {
  for (const child of children(node)) layOut(child);
  const mode = prop(node, 'layoutMode', 'NONE');
  if (mode === 'HORIZONTAL' || mode === 'VERTICAL') layOutFlow(node, mode === 'HORIZONTAL');
}

function layOutFlow(frame: RawNode, isRow: boolean): void {
  const flow = children(frame).filter(
    (child) => prop(child, 'layoutPositioning', 'AUTO') === 'AUTO' && prop(child, 'visible', true) !== false,
  );
  const [mainStart, mainEnd] = isRow ? padding(frame, 'Left', 'Right') : padding(frame, 'Top', 'Bottom');
  const [crossStart, crossEnd] = isRow ? padding(frame, 'Top', 'Bottom') : padding(frame, 'Left', 'Right');
  const lengths = flow.map((child) => (isRow ? sizeOf(child).width : sizeOf(child).height));
  const breadths = flow.map((child) => (isRow ? sizeOf(child).height : sizeOf(child).width));
  const spacing = num(frame, 'itemSpacing', 0);
  const content = lengths.reduce((sum, length) => sum + length, 0);
  const gaps = spacing * Math.max(0, flow.length - 1);
  if (prop(frame, 'primaryAxisSizingMode', 'FIXED') === 'AUTO')
    setLength(frame, isRow, content + gaps + mainStart + mainEnd);
  if (prop(frame, 'counterAxisSizingMode', 'FIXED') === 'AUTO') {
    setLength(frame, !isRow, Math.max(0, ...breadths) + crossStart + crossEnd);
  }
  const room = (isRow ? frame.width : frame.height) - mainStart - mainEnd - content;
  const align = prop(frame, 'primaryAxisAlignItems', 'MIN');
  const step = align === 'SPACE_BETWEEN' && flow.length > 1 ? room / (flow.length - 1) : spacing;
  const slack = room - gaps;
  let at = mainStart + (align === 'CENTER' ? slack / 2 : align === 'MAX' ? slack : 0);
  const breadth = (isRow ? frame.height : frame.width) - crossStart - crossEnd;
  const crossAlign = prop(frame, 'counterAxisAlignItems', 'MIN');
  flow.forEach((child, index) => {
    const free = breadth - (breadths[index] ?? 0);
    const across = crossStart + (crossAlign === 'CENTER' ? free / 2 : crossAlign === 'MAX' ? free : 0);
    const [a, b, c, d] = relativeMatrix(child);
    setRelativeMatrix(child, isRow ? [a, b, c, d, at, across] : [a, b, c, d, across, at]);
    at += (lengths[index] ?? 0) + step;
  });
}

function padding(frame: RawNode, start: string, end: string): [number, number] {
  return [num(frame, `padding${start}`, 0), num(frame, `padding${end}`, 0)];
}

function setLength(frame: RawNode, isWidth: boolean, length: number): void {
  if (isWidth) frame.width = length;
  else frame.height = length;
}
