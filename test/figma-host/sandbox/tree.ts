import { inverse, multiply } from '../matrix.js';
import type { Matrix, RawNode } from '../spec.js';
import { runsOf, setRange, valueIn } from '../text-runs.js';
import { absoluteMatrix, isGroupLike } from './geometry.js';
import { add, allNodes, children, find, get, newId, num, prop, recordChange, removeSubtree, touch } from './store.js';
import { scalePaths } from './vector-paths.js';

/** Whether the node is an instance or inside one, where Figma allows no structural changes. */
export function isInInstance(node: RawNode): boolean {
  if (node.type === 'INSTANCE') return true;
  return node.parentId !== null && isInInstance(get(node.parentId));
}

/** Moves a node to a parent. Like in Figma its matrix stays, now relative to the new container. */
export function insert(parent: RawNode, node: RawNode, index: number): void {
  if (isInInstance(parent)) {
    throw new Error('in appendChild: Cannot move node. New parent is an instance or is inside of an instance');
  }
  const oldParent = node.parentId === null ? null : find(node.parentId);
  if (oldParent !== null && isInInstance(oldParent))
    throw new Error('in appendChild: Cannot move a node out of an instance');
  checkParent(parent, node);
  recordChange(parent.id, 'children');
  recordChange(node.id, 'parent');
  if (oldParent !== null) touch(oldParent.id);
  if (oldParent !== null) oldParent.childIds = oldParent.childIds.filter((id) => id !== node.id);
  parent.childIds.splice(Math.min(index, parent.childIds.length), 0, node.id);
  node.parentId = parent.id;
  if (prop(parent, 'layoutMode', 'NONE') === 'NONE') delete node.props.layoutPositioning;
  if (oldParent !== null) dropEmptyGroup(oldParent);
}

/** Throws where Figma does not allow this parent. */
function checkParent(parent: RawNode, node: RawNode): void {
  const refuse = (why: string): never => {
    throw new Error(`in appendChild: Cannot move node. ${why}`);
  };
  const isCanvas = parent.type === 'PAGE' || parent.type === 'SECTION';
  if (node.type === 'PAGE' && parent.type !== 'DOCUMENT') refuse('A page can only be in the document');
  if (node.type === 'SECTION' && !isCanvas) refuse(`A SECTION cannot be in a ${parent.type}`);
  if (parent.type === 'COMPONENT_SET' && node.type !== 'COMPONENT') refuse('A COMPONENT_SET contains only components');
  for (let one: RawNode | null = parent; one !== null; one = one.parentId === null ? null : find(one.parentId)) {
    if (one.id === node.id) refuse('A node cannot be in itself');
    if (one.type === 'COMPONENT' && node.type === 'COMPONENT') refuse('A component cannot be in a component');
  }
}

export function remove(node: RawNode): void {
  const parent = node.parentId === null ? null : find(node.parentId);
  if (parent !== null && isInInstance(parent)) throw new Error('in remove: Removing this node is not allowed');
  if (parent !== null) parent.childIds = parent.childIds.filter((id) => id !== node.id);
  removeSubtree(node.id);
  if (parent !== null) dropEmptyGroup(parent);
}

/** Figma removes a group without children. */
function dropEmptyGroup(node: RawNode): void {
  if (isGroupLike(node) && node.childIds.length === 0) remove(node);
}

/** Scales a subtree about the node's corner. */
export function rescale(node: RawNode, scale: number): void {
  if (!(scale >= 0.01)) throw new Error('in rescale: Scale factor must be at least 0.01');
  const groupCorner = isGroupLike(node) ? absoluteMatrix(node) : null;
  scaleNode(node, scale, true, groupCorner);
}

const SCALED = [
  ...['strokeWeight', 'strokeTopWeight', 'strokeRightWeight', 'strokeBottomWeight', 'strokeLeftWeight'],
  ...['cornerRadius', 'topLeftRadius', 'topRightRadius', 'bottomLeftRadius', 'bottomRightRadius'],
  ...['itemSpacing', 'counterAxisSpacing', 'minWidth', 'maxWidth', 'minHeight', 'maxHeight'],
];
const PADDINGS = ['paddingLeft', 'paddingRight', 'paddingTop', 'paddingBottom'];

function scaleNode(node: RawNode, scale: number, isRoot: boolean, groupCorner: Matrix | null): void {
  recordChange(node.id, 'rescale');
  node.width *= scale;
  node.height *= scale;
  for (const name of [...SCALED, ...PADDINGS]) {
    if (typeof node.props[name] === 'number') node.props[name] = num(node, name, 0) * scale;
  }
  if (node.type === 'TEXT') scaleText(node, scale);
  scalePaths(node, scale, scale);
  if (!isRoot) {
    const [a, b, c, d, e, f] = node.matrix;
    const [x, y] = groupCorner === null ? [0, 0] : [groupCorner[4], groupCorner[5]];
    node.matrix = [a, b, c, d, x + (e - x) * scale, y + (f - y) * scale];
  }
  for (const child of children(node)) scaleNode(child, scale, false, isGroupLike(node) ? groupCorner : null);
}

function scaleText(node: RawNode, scale: number): void {
  for (const run of runsOf(node.props)) {
    setRange(node.props, run.start, run.end, { fontSize: Number(valueIn(node.props, run, 'fontSize')) * scale });
  }
  if (node.props.characters === undefined || node.props.characters === '') {
    node.props.fontSize = num(node, 'fontSize', 12) * scale;
  }
}

/** Moves nodes to a new group in the parent. */
export function group(nodes: RawNode[], parent: RawNode, index: number): RawNode {
  if (nodes.length === 0) throw new Error('in group: First argument must be an array of at least one node');
  const raw = blank('GROUP', 'Group');
  const toParent = inverse(absoluteMatrix(parent));
  const matrices = nodes.map((node) => multiply(toParent, absoluteMatrix(node)));
  insert(parent, raw, index);
  nodes.forEach((node, order) => {
    insert(raw, node, order);
    const matrix = matrices[order];
    if (matrix !== undefined && !isGroupLike(node)) node.matrix = matrix;
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

/** All descendants in document order. */
export function descendants(node: RawNode): RawNode[] {
  return children(node).flatMap((child) => [child, ...descendants(child)]);
}

export function findByKey(key: string): RawNode | null {
  return allNodes().find((node) => node.key === key) ?? null;
}
