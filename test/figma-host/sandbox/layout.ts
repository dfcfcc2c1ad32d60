import type { FlowNode } from '../flow-layout.js';
import { boundsOf } from '../matrix.js';
import type { Json, RawNode } from '../spec.js';
import { engine } from './engine.js';
import { isGroupLike, relativeMatrix, setRelativeMatrix, sizeOf } from './geometry.js';
import { flowParent, isFlow, sizingOf } from './sizing.js';
import { children, find, prop } from './store.js';
import { fitText } from './text.js';
import { scalePaths } from './vector-paths.js';

/** Lays out the auto-layout frames that these nodes are in, innermost first, and all in instances among them. */
export function layOutAround(ids: Iterable<string>): void {
  const roots = new Map<string, { root: RawNode; depth: number }>();
  const add = (node: RawNode) => {
    if (isRoot(node)) roots.set(node.id, { root: node, depth: depthOf(node) });
  };
  for (const id of ids) {
    const node = find(id);
    if (node === null) continue;
    for (const one of pathOf(node)) add(one);
    if (node.type === 'INSTANCE') visit(node, add);
  }
  const innermostFirst = [...roots.values()].sort((a, b) => b.depth - a.depth);
  for (const { root } of innermostFirst) layOutRoot(root);
}

function visit(node: RawNode, act: (node: RawNode) => void): void {
  act(node);
  for (const child of children(node)) visit(child, act);
}

/** The node and its ancestors. */
function pathOf(node: RawNode): RawNode[] {
  const parent = node.parentId === null ? null : find(node.parentId);
  return parent === null ? [node] : [node, ...pathOf(parent)];
}

function depthOf(node: RawNode): number {
  return pathOf(node).length;
}

function isShown(node: RawNode): boolean {
  return prop(node, 'visible', true) !== false;
}

/** Whether the node is an auto-layout frame that no other one lays out. */
function isRoot(node: RawNode): boolean {
  return isFlow(node) && (flowParent(node) === null || !isShown(node));
}

const LAYOUT_PROPS = [
  ...['layoutMode', 'layoutWrap', 'primaryAxisAlignItems', 'counterAxisAlignItems', 'counterAxisAlignContent'],
  ...['itemSpacing', 'counterAxisSpacing', 'paddingLeft', 'paddingRight', 'paddingTop', 'paddingBottom'],
  ...['strokesIncludedInLayout', 'strokes', 'strokeWeight'],
  ...['strokeTopWeight', 'strokeRightWeight', 'strokeBottomWeight', 'strokeLeftWeight'],
];
const LIMITS = ['minWidth', 'maxWidth', 'minHeight', 'maxHeight'];

function pick(node: RawNode, names: readonly string[]): { [property: string]: Json } {
  return Object.fromEntries(
    names.flatMap((name) => (node.props[name] === undefined ? [] : [[name, node.props[name]]])),
  );
}

function flowNode(node: RawNode): FlowNode {
  const { width, height } = sizeOf(node);
  const [a, b, c, d] = relativeMatrix(node);
  const box = boundsOf([a, b, c, d, 0, 0], width, height);
  const base = {
    id: node.id,
    width: box.width,
    height: box.height,
    horizontal: sizingOf(node, 'horizontal'),
    vertical: sizingOf(node, 'vertical'),
    props: pick(node, LIMITS),
  };
  if (node.type === 'TEXT') return { ...base, text: node.props };
  if (!isFlow(node)) return base;
  const flow = children(node).filter((child) => isShown(child) && flowParent(child) === node);
  return { ...base, props: pick(node, [...LIMITS, ...LAYOUT_PROPS]), children: flow.map(flowNode) };
}

function layOutRoot(root: RawNode): void {
  for (const { id, x, y, width, height } of engine().layOutFlow(flowNode(root))) {
    const node = find(id);
    if (node === null) continue;
    const [a, b, c, d] = relativeMatrix(node);
    const isUpright = b === 0 && c === 0;
    if (isUpright && !isGroupLike(node)) resizeTo(node, width, height);
    if (node === root) continue;
    const size = sizeOf(node);
    const box = boundsOf([a, b, c, d, 0, 0], size.width, size.height);
    setRelativeMatrix(node, [a, b, c, d, x - box.x, y - box.y]);
  }
}

const SMALLEST = 0.01;

/** Resizes a node; children that it does not lay out follow their constraints (typings: `ConstraintMixin`). */
export function resizeTo(node: RawNode, width: number, height: number): void {
  const before = { width: node.width, height: node.height };
  if (Math.abs(width - before.width) < 1e-6 && Math.abs(height - before.height) < 1e-6) return;
  node.width = width;
  node.height = height;
  if (node.type === 'VECTOR') scalePaths(node, width / before.width, height / before.height);
  for (const child of children(node)) {
    if (flowParent(child) === null) constrain(child, before, node);
  }
}

interface Size {
  width: number;
  height: number;
}

function constrain(child: RawNode, before: Size, after: Size): void {
  if (isGroupLike(child)) {
    for (const inner of children(child)) constrain(inner, before, after);
    return;
  }
  const rules = prop(child, 'constraints', { horizontal: 'MIN', vertical: 'MIN' });
  if (typeof rules !== 'object' || rules === null || Array.isArray(rules)) return;
  const box = boundsOf(child.matrix, child.width, child.height);
  const across = constrained(String(rules.horizontal), box.x, box.width, before.width, after.width);
  const down = constrained(String(rules.vertical), box.y, box.height, before.height, after.height);
  const [a, b, c, d, e, f] = child.matrix;
  if (b === 0 && c === 0) followSize(child, across.size, down.size);
  const moved = boundsOf([a, b, c, d, 0, 0], child.width, child.height);
  const corner = boundsOf([a, b, c, d, 0, 0], box.width, box.height);
  const isUpright = b === 0 && c === 0;
  child.matrix = isUpright
    ? [a, b, c, d, across.at - moved.x, down.at - moved.y]
    : [
        a,
        b,
        c,
        d,
        e + across.at - box.x + (across.size - box.width) / 2,
        f + down.at - box.y + (down.size - corner.height) / 2,
      ];
}

/** A size that a constraint sets. Text that sizes itself and hugging frames keep theirs. */
function followSize(child: RawNode, width: number, height: number): void {
  const next = {
    width: sizingOf(child, 'horizontal') === 'HUG' ? child.width : Math.max(SMALLEST, width),
    height:
      sizingOf(child, 'vertical') === 'HUG'
        ? child.height
        : child.type === 'LINE'
          ? height
          : Math.max(SMALLEST, height),
  };
  if (next.width === child.width && next.height === child.height) return;
  resizeTo(child, next.width, next.height);
  if (child.type === 'TEXT') fitText(child);
  if (isRoot(child)) layOutRoot(child);
}

function constrained(rule: string, at: number, size: number, before: number, after: number) {
  const more = after - before;
  if (rule === 'MAX') return { at: at + more, size };
  if (rule === 'CENTER') return { at: at + more / 2, size };
  if (rule === 'STRETCH') return { at, size: size + more };
  if (rule === 'SCALE' && before > 0) return { at: (at * after) / before, size: (size * after) / before };
  return { at, size };
}
