import type { Point } from '@samepoint/shared-protocol';
import type { Design, DesignLayer, Size, Value } from '../shared/design.js';

/** Layers whose size and position are those of their children, and which have no coordinates of their own. */
const GROUPS: ReadonlySet<string> = new Set(['GROUP', 'BOOLEAN_OPERATION', 'TRANSFORM_GROUP']);

export type Axis = 'x' | 'y';
export const AXES: readonly Axis[] = ['x', 'y'];

export function isGroup(layer: DesignLayer): boolean {
  return GROUPS.has(layer.type);
}

export function parentOf(design: Design, layer: DesignLayer): DesignLayer | null {
  return layer.parentId === null ? null : (design.layers[layer.parentId] ?? null);
}

export function childrenOf(design: Design, layer: DesignLayer): DesignLayer[] {
  return layer.childIds.flatMap((id) => design.layers[id] ?? []);
}

const indices = new WeakMap<DesignLayer, ReadonlyMap<string, number>>();

/** The place of a child among its siblings; −1 if it is none. */
export function indexOfChild(parent: DesignLayer, childId: string): number {
  const known = indices.get(parent) ?? new Map(parent.childIds.map((id, n) => [id, n]));
  indices.set(parent, known);
  return known.get(childId) ?? -1;
}

/** The nearest ancestor with coordinates of its own. */
export function containerOf(design: Design, layer: DesignLayer): DesignLayer | null {
  let parent = parentOf(design, layer);
  while (parent !== null && isGroup(parent)) parent = parentOf(design, parent);
  return parent;
}

/** All layers below `layer`, and itself first, in document order. */
export function subtreeOf(design: Design, layer: DesignLayer): DesignLayer[] {
  return [layer, ...childrenOf(design, layer).flatMap((child) => subtreeOf(design, child))];
}

/** All layers of the design in document order. */
export function layersInOrder(design: Design): DesignLayer[] {
  const root = design.layers[design.rootId];
  return root === undefined ? [] : subtreeOf(design, root);
}

export function isInside(design: Design, layer: DesignLayer, ancestorId: string): boolean {
  let parent = parentOf(design, layer);
  while (parent !== null && parent.id !== ancestorId) parent = parentOf(design, parent);
  return parent !== null;
}

/** The nearest instance above the layer. */
export function instanceAbove(design: Design, layer: DesignLayer): DesignLayer | null {
  let parent = parentOf(design, layer);
  while (parent !== null && parent.type !== 'INSTANCE') parent = parentOf(design, parent);
  return parent;
}

export function hasAutoLayout(layer: DesignLayer): boolean {
  const mode = layer.props.layoutMode;
  return mode === 'HORIZONTAL' || mode === 'VERTICAL' || mode === 'GRID';
}

/** Whether the auto layout of the parent places the layer. Groups in auto layout are placed as a whole. */
export function isLaidOut(design: Design, layer: DesignLayer): boolean {
  const parent = parentOf(design, layer);
  return parent !== null && hasAutoLayout(parent) && layer.props.layoutPositioning !== 'ABSOLUTE';
}

/** Whether contents or auto layout decide the layer's size along the axis. */
export function isSizeDecided(design: Design, layer: DesignLayer, axis: Axis): boolean {
  if (isGroup(layer)) return true;
  const sizing = layer.props[axis === 'x' ? 'layoutSizingHorizontal' : 'layoutSizingVertical'];
  if (sizing === 'FILL') return isLaidOut(design, layer);
  if (isAutoText(layer, axis)) return true;
  if (sizing === 'HUG') return hasAutoLayout(layer);
  return isStringId(layer.props[axis === 'x' ? 'variable.width' : 'variable.height']);
}

function isAutoText(layer: DesignLayer, axis: Axis): boolean {
  if (layer.type !== 'TEXT') return false;
  const mode = layer.props.textAutoResize;
  return mode === 'WIDTH_AND_HEIGHT' || (mode === 'HEIGHT' && axis === 'y');
}

export function isStringId(value: Value | undefined): value is string {
  return typeof value === 'string' && value !== '';
}

export function positionOf(layer: DesignLayer): Point {
  return { x: layer.transform.e, y: layer.transform.f };
}

export function sizeOf(layer: DesignLayer): Size {
  return { width: layer.width, height: layer.height };
}

/** Where a layer starts and how long it is along an axis, in its container. */
export interface Span {
  start: number;
  length: number;
}

export function spanOf(layer: DesignLayer, axis: Axis): Span {
  return axis === 'x'
    ? { start: layer.transform.e, length: layer.width }
    : { start: layer.transform.f, length: layer.height };
}

export function lengthOf(size: Size, axis: Axis): number {
  return axis === 'x' ? size.width : size.height;
}

export function constraintOf(layer: DesignLayer, axis: Axis): string {
  const constraints = layer.props.constraints;
  if (typeof constraints !== 'object' || constraints === null || Array.isArray(constraints)) return 'MIN';
  const value = (constraints as { readonly [key: string]: Value })[axis === 'x' ? 'horizontal' : 'vertical'];
  return typeof value === 'string' ? value : 'MIN';
}

/**
 * Where constraints put a layer when its container goes from length `from` to `to`, with all fixed lengths scaled.
 * See "Apply constraints to define how layers resize" in Figma's help.
 */
export function constrainedSpan(span: Span, constraint: string, from: number, to: number, scale = 1): Span {
  const fixed = { start: span.start * scale, length: span.length * scale };
  const end = to - (from - span.start - span.length) * scale;
  if (constraint === 'MAX') return { ...fixed, start: end - fixed.length };
  if (constraint === 'STRETCH') return { start: fixed.start, length: Math.max(0, end - fixed.start) };
  if (constraint === 'CENTER') {
    const offset = (span.start + span.length / 2 - from / 2) * scale;
    return { ...fixed, start: to / 2 + offset - fixed.length / 2 };
  }
  if (constraint !== 'SCALE' || from === 0) return fixed;
  return { start: (span.start * to) / from, length: (span.length * to) / from };
}
