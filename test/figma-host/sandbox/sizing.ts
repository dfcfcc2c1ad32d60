import type { Json, RawNode } from '../spec.js';
import { find, num, prop } from './store.js';

export type Sizing = 'FIXED' | 'HUG' | 'FILL';
export type Axis = 'horizontal' | 'vertical';

/** Whether a node lays out its children. */
export function isFlow(node: RawNode): boolean {
  const mode = prop(node, 'layoutMode', 'NONE');
  return mode === 'HORIZONTAL' || mode === 'VERTICAL';
}

/** The auto-layout frame that places this node, hidden or not. */
export function flowParent(node: RawNode): RawNode | null {
  const parent = node.parentId === null ? null : find(node.parentId);
  if (parent === null || !isFlow(parent)) return null;
  return prop(node, 'layoutPositioning', 'AUTO') === 'ABSOLUTE' ? null : parent;
}

/** Whether an axis of the node is the primary axis of an auto-layout frame. */
function isPrimary(frame: RawNode, axis: Axis): boolean {
  return (prop(frame, 'layoutMode', 'NONE') === 'HORIZONTAL') === (axis === 'horizontal');
}

function modeOf(frame: RawNode, axis: Axis): string {
  return isPrimary(frame, axis) ? 'primaryAxisSizingMode' : 'counterAxisSizingMode';
}

/** The value of `layoutSizingHorizontal` or `layoutSizingVertical`, which follows from the older properties. */
export function sizingOf(node: RawNode, axis: Axis): Sizing {
  const parent = flowParent(node);
  if (parent !== null) {
    const fills = isPrimary(parent, axis)
      ? num(node, 'layoutGrow', 0) === 1
      : prop(node, 'layoutAlign', 'INHERIT') === 'STRETCH';
    if (fills) return 'FILL';
  }
  if (isFlow(node)) return prop(node, modeOf(node, axis), 'FIXED') === 'AUTO' ? 'HUG' : 'FIXED';
  if (node.type !== 'TEXT') return 'FIXED';
  const mode = prop(node, 'textAutoResize', 'WIDTH_AND_HEIGHT');
  return mode === 'WIDTH_AND_HEIGHT' || (mode === 'HEIGHT' && axis === 'vertical') ? 'HUG' : 'FIXED';
}

const SIZINGS: readonly unknown[] = ['FIXED', 'HUG', 'FILL'];

/** Sets `layoutSizing…` and the older properties. Throws where Figma does (typings: `layoutSizingHorizontal`). */
export function setSizing(node: RawNode, axis: Axis, value: Json): void {
  const name = axis === 'horizontal' ? 'layoutSizingHorizontal' : 'layoutSizingVertical';
  if (!SIZINGS.includes(value)) throw new Error(`in set_${name}: Expected "FIXED", "HUG" or "FILL"`);
  const parent = flowParent(node);
  if (value === 'FILL' && parent === null) {
    throw new Error(`in set_${name}: FILL can only be set on children of auto-layout frames`);
  }
  if (value === 'HUG' && !isFlow(node) && node.type !== 'TEXT') {
    throw new Error(`in set_${name}: HUG can only be set on auto-layout frames and text nodes`);
  }
  if (value === 'FIXED' && parent === null && !isFlow(node) && node.type !== 'TEXT') {
    throw new Error(`in set_${name}: Node must be an auto-layout frame, a child of one or a text node`);
  }
  applySizing(node, axis, value === 'FILL' || value === 'HUG' ? value : 'FIXED');
}

/** Sets the older properties so that they say the same. */
export function applySizing(node: RawNode, axis: Axis, sizing: Sizing): void {
  const parent = flowParent(node);
  if (parent !== null) {
    const [name, on, off] = isPrimary(parent, axis) ? ['layoutGrow', 1, 0] : ['layoutAlign', 'STRETCH', 'INHERIT'];
    store(node, String(name), (sizing === 'FILL' ? on : off) ?? null, off ?? null);
  }
  if (isFlow(node)) store(node, modeOf(node, axis), sizing === 'HUG' ? 'AUTO' : 'FIXED', 'FIXED');
  if (node.type === 'TEXT') sizeTextBy(node, axis, sizing);
}

function sizeTextBy(node: RawNode, axis: Axis, sizing: Sizing): void {
  const mode = prop(node, 'textAutoResize', 'WIDTH_AND_HEIGHT');
  let next = mode;
  if (axis === 'horizontal') {
    if (sizing === 'HUG') next = 'WIDTH_AND_HEIGHT';
    else if (mode === 'WIDTH_AND_HEIGHT') next = 'HEIGHT';
  } else if (sizing !== 'HUG') next = 'NONE';
  else if (mode === 'NONE' || mode === 'TRUNCATE') next = 'HEIGHT';
  store(node, 'textAutoResize', next, 'WIDTH_AND_HEIGHT');
}

function store(node: RawNode, name: string, value: Json, fallback: Json): void {
  if (value === fallback) delete node.props[name];
  else node.props[name] = value;
}

/** Figma fixes a hugging or filling length that is set by hand. */
export function fixResizedAxes(node: RawNode, width: number, height: number): void {
  if (width !== node.width && sizingOf(node, 'horizontal') !== 'FIXED') applySizing(node, 'horizontal', 'FIXED');
  if (height !== node.height && sizingOf(node, 'vertical') !== 'FIXED') applySizing(node, 'vertical', 'FIXED');
}

/** A frame that gets auto layout hugs along its primary axis (typings: `layoutMode`, "at least one dimension"). */
export function startFlow(frame: RawNode): void {
  const { primaryAxisSizingMode, counterAxisSizingMode } = frame.props;
  if (primaryAxisSizingMode === undefined && counterAxisSizingMode === undefined) {
    frame.props.primaryAxisSizingMode = 'AUTO';
  }
}
