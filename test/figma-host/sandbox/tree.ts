import { inverse, multiply } from '../matrix.js';
import type { Json, Matrix, RawNode } from '../spec.js';
import { absoluteMatrix, isGroupLike } from './geometry.js';
import { add, allNodes, children, find, get, newId, noteChange, num, prop, removeSubtree } from './store.js';

/** Figma refuses any change of structure in an instance, since it mirrors its component. */
export function isInInstance(node: RawNode): boolean {
  if (node.type === 'INSTANCE') return true;
  return node.parentId !== null && isInInstance(get(node.parentId));
}

/** Puts a node into a parent, keeping its matrix as Figma does: it now counts from the new container. */
export function insert(parent: RawNode, node: RawNode, index: number): void {
  if (isInInstance(parent)) {
    throw new Error('in appendChild: Cannot move node. New parent is an instance or is inside of an instance');
  }
  const former = node.parentId === null ? null : find(node.parentId);
  if (former !== null && isInInstance(former)) throw new Error('in appendChild: Cannot move a node out of an instance');
  if (former !== null && parent.type === 'SECTION' && former.type === 'DOCUMENT') throw new Error('Cannot move a page');
  noteChange(parent.id, 'children');
  if (former !== null) former.childIds = former.childIds.filter((id) => id !== node.id);
  parent.childIds.splice(Math.min(index, parent.childIds.length), 0, node.id);
  node.parentId = parent.id;
  if (prop(parent, 'layoutMode', 'NONE') === 'NONE') delete node.props.layoutPositioning;
  if (former !== null) dropEmptyGroup(former);
}

export function remove(node: RawNode): void {
  const parent = node.parentId === null ? null : find(node.parentId);
  if (parent !== null && isInInstance(parent)) throw new Error('in remove: Removing this node is not allowed');
  if (parent !== null) parent.childIds = parent.childIds.filter((id) => id !== node.id);
  removeSubtree(node.id);
  if (parent !== null) dropEmptyGroup(parent);
}

/** A group without children does not exist. */
function dropEmptyGroup(node: RawNode): void {
  if (isGroupLike(node) && node.childIds.length === 0) remove(node);
}

/** A copy of the subtree without a parent. A copy made by a plugin keeps plugin data and annotations. */
export function copySubtree(node: RawNode, toId: (node: RawNode) => string = newId): RawNode {
  const copy: RawNode = { ...structured(node), id: toId(node), parentId: null, childIds: [] };
  add(copy);
  for (const child of children(node)) {
    const childCopy = copySubtree(child, toId);
    childCopy.parentId = copy.id;
    copy.childIds.push(childCopy.id);
  }
  return copy;
}

function structured(node: RawNode): RawNode {
  const copy: RawNode = JSON.parse(JSON.stringify(node));
  return copy;
}

/** Scales the node and what is in it, about its own corner. */
export function rescale(node: RawNode, scale: number): void {
  if (!(scale >= 0.01)) throw new Error('in rescale: Scale factor must be at least 0.01');
  const groupCorner = isGroupLike(node) ? absoluteMatrix(node) : null;
  scaleNode(node, scale, true, groupCorner);
}

const SCALED = ['strokeWeight', 'cornerRadius', 'fontSize', 'itemSpacing'];
const PADDINGS = ['paddingLeft', 'paddingRight', 'paddingTop', 'paddingBottom'];

function scaleNode(node: RawNode, scale: number, isRoot: boolean, groupCorner: Matrix | null): void {
  noteChange(node.id, 'rescale');
  node.width *= scale;
  node.height *= scale;
  for (const name of [...SCALED, ...PADDINGS]) {
    if (node.props[name] !== undefined || name === 'fontSize') node.props[name] = num(node, name, 12) * scale;
  }
  scalePaths(node, scale);
  if (!isRoot) {
    const [a, b, c, d, e, f] = node.matrix;
    const [x, y] = groupCorner === null ? [0, 0] : [groupCorner[4], groupCorner[5]];
    node.matrix = [a, b, c, d, x + (e - x) * scale, y + (f - y) * scale];
  }
  for (const child of children(node)) scaleNode(child, scale, false, isGroupLike(node) ? groupCorner : null);
}

function scalePaths(node: RawNode, scale: number): void {
  const paths = node.props.vectorPaths;
  if (!Array.isArray(paths)) return;
  node.props.vectorPaths = paths.map((path): Json => {
    if (typeof path !== 'object' || path === null || Array.isArray(path)) return path;
    const data = String(path.data).replace(/-?\d+(\.\d+)?/g, (number) => String(Number(number) * scale));
    return { ...path, data };
  });
}

/** Wraps nodes in a new group on top of the parent. */
export function group(nodes: RawNode[], parent: RawNode, index: number): RawNode {
  if (nodes.length === 0) throw new Error('in group: First argument must be an array of at least one node');
  const raw = blank('GROUP', 'Group');
  const toParent = inverse(absoluteMatrix(parent));
  const places = nodes.map((node) => multiply(toParent, absoluteMatrix(node)));
  insert(parent, raw, index);
  nodes.forEach((node, order) => {
    insert(raw, node, order);
    const place = places[order];
    if (place !== undefined && !isGroupLike(node)) node.matrix = place;
  });
  return raw;
}

export function blank(type: RawNode['type'], name: string): RawNode {
  return add({
    id: newId(),
    type,
    parentId: null,
    childIds: [],
    matrix: [1, 0, 0, 1, 0, 0],
    width: 100,
    height: 100,
    props: { name },
    sharedPluginData: {},
    relaunchData: {},
    key: null,
  });
}

/** Every node below, in document order. */
export function descendants(node: RawNode): RawNode[] {
  return children(node).flatMap((child) => [child, ...descendants(child)]);
}

export function findByKey(key: string): RawNode | null {
  return allNodes().find((node) => node.key === key) ?? null;
}
