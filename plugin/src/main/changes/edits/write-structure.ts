import type { Affine, Point } from '@samepoint/shared-protocol';
import { toRows } from '../../../shared/affine.js';
import type { Size } from '../../../shared/design.js';
import type { CopySet, Write } from '../../../shared/operation.js';
import type { TargetRun } from './ready-write.js';

type Parent = SceneNode & ChildrenMixin;
type AddWrite = Write & { kind: 'add' };

/** A scale this close to 1 is ignored, so that sizes stay whole numbers. */
const SCALE_TOLERANCE = 0.005;
const TOLERANCE = 0.02;

export function isParent(node: SceneNode): node is Parent {
  return 'appendChild' in node;
}

/** Whether two positions or sizes are the same but for rounding. */
export function areNear(a: number, b: number): boolean {
  return Math.abs(a - b) < TOLERANCE;
}

export function moveTo(node: SceneNode, { x, y }: Point): void {
  if (!areNear(node.x, x)) node.x = x;
  if (!areNear(node.y, y)) node.y = y;
}

/** Resizes a layer. An axis that keeps its length keeps its sizing too. */
export function resizeTo(node: SceneNode, before: Size, after: Size): void {
  const sizing = sizingOf(node);
  const textResize = node.type === 'TEXT' ? node.textAutoResize : null;
  if (node.type === 'SECTION') node.resizeWithoutConstraints(after.width, after.height);
  else if ('resize' in node) node.resize(after.width, after.height);
  else throw new Error(`“${node.name}” can’t be resized`);
  const [keepsWidth, keepsHeight] = [areNear(before.width, after.width), areNear(before.height, after.height)];
  if (sizing !== null && 'layoutSizingHorizontal' in node) {
    if (keepsWidth && node.layoutSizingHorizontal !== sizing.horizontal)
      node.layoutSizingHorizontal = sizing.horizontal;
    if (keepsHeight && node.layoutSizingVertical !== sizing.vertical) node.layoutSizingVertical = sizing.vertical;
  }
  if (node.type === 'TEXT' && keepsHeight && textResize !== 'NONE' && textResize !== 'TRUNCATE') {
    if (node.textAutoResize !== 'HEIGHT') node.textAutoResize = 'HEIGHT';
  }
}

function sizingOf(node: SceneNode) {
  if (!('layoutSizingHorizontal' in node)) return null;
  return { horizontal: node.layoutSizingHorizontal, vertical: node.layoutSizingVertical };
}

/** Puts the node directly above `previous`, or below all others. */
export function placeAbove(node: SceneNode, parent: Parent, previous: SceneNode | null): void {
  const indexOf = (other: SceneNode) => parent.children.findIndex(({ id }) => id === other.id);
  const index = previous === null ? 0 : indexOf(previous) + 1;
  parent.insertChild(index, node);
  // the index counts the node itself where it was in the same parent before
  const isThere = () => indexOf(node) === (previous === null ? 0 : indexOf(previous) + 1);
  if (!isThere() && index > 0) parent.insertChild(index - 1, node);
  if (!isThere()) parent.insertChild(Math.min(index + 1, parent.children.length), node);
}

/** Gives a node its place in the parent: by auto layout for null, else by its transform. */
export function placeBy(node: SceneNode, parent: Parent, transform: Affine | null): void {
  const isLaidOut = 'layoutMode' in parent && parent.layoutMode !== 'NONE';
  if (isLaidOut && 'layoutPositioning' in node) {
    const positioning = transform === null ? 'AUTO' : 'ABSOLUTE';
    if (node.layoutPositioning !== positioning) node.layoutPositioning = positioning;
  }
  if (transform !== null && 'relativeTransform' in node) node.relativeTransform = toRows(transform);
}

/** Copies a subtree of the source into `parent`. A main component is placed as an instance. */
export function writeAdd(
  original: SceneNode,
  write: AddWrite,
  parent: Parent,
  previous: SceneNode | null,
  run: TargetRun,
) {
  const copy: SceneNode = original.type === 'COMPONENT' ? original.createInstance() : original.clone();
  noteCopies(original, copy, run);
  if ('rescale' in copy && Math.abs(write.scale - 1) > SCALE_TOLERANCE) copy.rescale(write.scale);
  placeAbove(copy, parent, previous);
  if (write.size !== null) resizeTo(copy, { width: copy.width, height: copy.height }, write.size);
  placeBy(copy, parent, write.transform);
  if (write.transform === null) keepSizing(original, copy);
  for (const set of write.colours ?? []) colourCopy(set, run);
  for (const id of write.without) {
    const leaving = run.copies.get(id);
    if (leaving !== undefined) run.leaving.push(leaving);
  }
}

/** Sets paints, or the style that decides them, on a layer of a copy. */
function colourCopy({ sourceLayerId, property, value }: CopySet, run: TargetRun): void {
  const copy = run.copies.get(sourceLayerId);
  if (copy === undefined) return;
  if (property === 'fills' || property === 'strokes') {
    if (!Reflect.set(copy, property, value)) throw new Error(`${property} of “${copy.name}” can’t be set`);
    return;
  }
  const styleId = typeof value === 'string' ? value : '';
  run.later.push(async () => {
    if (property === 'fillStyleId' && 'setFillStyleIdAsync' in copy) await copy.setFillStyleIdAsync(styleId);
    if (property === 'strokeStyleId' && 'setStrokeStyleIdAsync' in copy) await copy.setStrokeStyleIdAsync(styleId);
  });
}

/** A copy has the same structure as its original. */
function noteCopies(original: SceneNode, copy: SceneNode, run: TargetRun): void {
  run.copies.set(original.id, copy);
  if (!('children' in original) || !('children' in copy)) return;
  original.children.forEach((child, index) => {
    const counterpart = copy.children[index];
    if (counterpart !== undefined) noteCopies(child, counterpart, run);
  });
}

/** Sizing such as FILL holds in auto layout only, and is lost where the copy is made. */
function keepSizing(original: SceneNode, copy: SceneNode): void {
  const sizing = sizingOf(original);
  if (sizing === null || !('layoutSizingHorizontal' in copy)) return;
  if (copy.layoutSizingHorizontal !== sizing.horizontal) copy.layoutSizingHorizontal = sizing.horizontal;
  if (copy.layoutSizingVertical !== sizing.vertical) copy.layoutSizingVertical = sizing.vertical;
}
