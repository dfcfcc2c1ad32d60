import type { Affine, Point } from '@samepoint/shared-protocol';
import type { Design, DesignLayer, Size } from '../../shared/design.js';
import type { LayerRef } from '../../shared/operation.js';
import { rounded } from '../fingerprint.js';
import {
  AXES,
  type Axis,
  childrenOf,
  constrainedSpan,
  constraintOf,
  containerOf,
  hasAutoLayout,
  isGroup,
  isLaidOut,
  lengthOf,
  parentOf,
  positionOf,
  type Span,
  sizeOf,
  spanOf,
} from '../tree.js';
import type { MergeContext } from './context.js';
import { plannedSize, withPlanned } from './merge-geometry.js';

/** Where a layer goes among the children of its new parent, and how sure the layer below it is. */
export interface SiblingPlace {
  previousSibling: LayerRef | null;
  confidence: number;
}

/**
 * After the counterpart of the nearest earlier sibling that this merge does not move; below the nearest later one if
 * none of the earlier ones is there.
 */
export function siblingPlace(context: MergeContext, layer: DesignLayer, parent: DesignLayer): SiblingPlace {
  const siblings = parentOf(context.ours, layer)?.childIds ?? [];
  const at = siblings.indexOf(layer.id);
  const find = (ids: readonly string[]) => {
    for (const id of ids) {
      const child = context.placed.has(id) ? null : childAbove(context, parent, id);
      if (child !== null) return child;
    }
    return null;
  };
  const earlier = find(siblings.slice(0, Math.max(0, at)).reverse());
  if (earlier !== null) return { previousSibling: { layerId: earlier.id }, confidence: earlier.confidence };
  const later = at > 0 ? find(siblings.slice(at + 1)) : null;
  const below = later === null ? undefined : parent.childIds[parent.childIds.indexOf(later.id) - 1];
  return { previousSibling: below === undefined ? null : { layerId: below }, confidence: 1 };
}

/** The child of `parent` that is the counterpart or holds it. */
export function childAbove({ matches, theirs }: MergeContext, parent: DesignLayer, sourceId: string) {
  const match = matches.get(sourceId);
  let layer = match?.layer ?? null;
  while (layer !== null && layer.parentId !== parent.id) layer = parentOf(theirs, layer);
  return layer === null || match === undefined ? null : { id: layer.id, confidence: match.confidence };
}

/** The nearest new sibling below a layer in the copy of its parent. */
export function siblingInCopy({ base, ours }: MergeContext, layer: DesignLayer): LayerRef | null {
  const siblings = parentOf(ours, layer)?.childIds ?? [];
  const earlier = siblings.slice(0, Math.max(0, siblings.indexOf(layer.id))).reverse();
  const below = earlier.find((id) => base.layers[id] === undefined);
  return below === undefined ? null : { addedFrom: below };
}

export interface Placement {
  /** Null where auto layout decides. */
  transform: Affine | null;
  /** Null for the scaled size. */
  size: Size | null;
}

/** Where a layer of ours belongs below `parent` in the target, from its constraints and the layers around it. */
export function placementIn(context: MergeContext, layer: DesignLayer, parent: DesignLayer): Placement {
  const { ours, theirs, scale } = context;
  const isAbsolute = layer.props.layoutPositioning === 'ABSOLUTE';
  if (hasAutoLayout(withPlanned(context, parent)) && !isAbsolute) return { transform: null, size: null };
  const from = containerOf(ours, layer);
  const to = isGroup(parent) ? containerOf(theirs, parent) : parent;
  if (from === null || to === null) return { transform: placeInGroup(context, layer, from, to), size: null };
  const neighbour = nearestNeighbour(context, layer, from, to);
  const [x, y] = AXES.map((axis) => {
    const lengths = [lengthOf(sizeOf(from), axis), lengthOf(plannedSize(context, to), axis)] as const;
    const span = constrainedSpan(spanOf(layer, axis), freeConstraint(layer, axis), lengths[0], lengths[1], scale);
    return {
      start: span.start + (neighbour === null ? 0 : shiftOf(context, neighbour, from.id, to, axis)),
      length: span.length,
    };
  }) as [Span, Span];
  const size = { width: rounded(x.length), height: rounded(y.length) };
  const isOther = Math.abs(size.width - layer.width * scale) + Math.abs(size.height - layer.height * scale) > 0.02;
  const transform = { ...layer.transform, e: rounded(x.start), f: rounded(y.start) };
  return { transform, size: isOther ? size : null };
}

/**
 * The place where the source or the target is a group, so that the coordinates are those of what is around it: beside the
 * neighbour as in ours, but for what the designer moved, else at the same distance from the corner.
 */
function placeInGroup(
  context: MergeContext,
  layer: DesignLayer,
  from: DesignLayer | null,
  to: DesignLayer | null,
): Affine {
  const { ours, theirs, scale } = context;
  const neighbour = nearestNeighbour(context, layer, from, to);
  const start = neighbour === null ? cornerOf(ours, from) : unmoved(context, neighbour.sibling);
  const target = neighbour === null ? cornerOf(theirs, to) : positionOf(neighbour.after);
  const { e, f } = layer.transform;
  return {
    ...layer.transform,
    e: rounded(target.x + (e - start.x) * scale),
    f: rounded(target.y + (f - start.y) * scale),
  };
}

/** The corner of the design's root in the coordinates of its contents. */
function cornerOf(design: Design, container: DesignLayer | null): Point {
  const root = container === null ? design.layers[design.rootId] : undefined;
  return root === undefined ? { x: 0, y: 0 } : positionOf(root);
}

/** Where the layer would be in ours if the designer had not moved it. */
function unmoved({ edits }: MergeContext, layer: DesignLayer): Point {
  const { x, y } = positionOf(layer);
  const move = edits.find((edit) => edit.kind === 'move' && edit.layerId === layer.id);
  if (move?.kind !== 'move') return { x, y };
  return { x: x - move.after.x + move.before.x, y: y - move.after.y + move.before.y };
}

/** In the copy of a new parent everything is as in ours, scaled. */
export function placementInCopy({ ours, scale }: MergeContext, layer: DesignLayer): Affine | null {
  if (isLaidOut(ours, layer)) return null;
  return { ...layer.transform, e: rounded(layer.transform.e * scale), f: rounded(layer.transform.f * scale) };
}

/** Rotated layers and those in groups keep their size. */
function freeConstraint(layer: DesignLayer, axis: Axis): string {
  const constraint = constraintOf(layer, axis);
  const isTurned = Math.abs(layer.transform.b) + Math.abs(layer.transform.c) > 1e-6;
  return isTurned && (constraint === 'STRETCH' || constraint === 'SCALE') ? 'MIN' : constraint;
}

interface Neighbour {
  before: DesignLayer;
  /** In ours. */
  sibling: DesignLayer;
  /** In the target. */
  after: DesignLayer;
}

/** The nearest layer beside it that has a counterpart in the same container and that nothing lays out. */
function nearestNeighbour(
  context: MergeContext,
  layer: DesignLayer,
  from: DesignLayer | null,
  to: DesignLayer | null,
): Neighbour | null {
  const { base, ours, theirs, matches } = context;
  const home = from ?? ours.layers[ours.rootId];
  if (home === undefined || base.layers[home.id] === undefined) return null;
  let nearest: Neighbour | null = null;
  let least = Infinity;
  for (const sibling of childrenOf(ours, home)) {
    const [before, match] = [base.layers[sibling.id], matches.get(sibling.id)];
    if (before === undefined || match === undefined || sibling.id === layer.id) continue;
    if (containerOf(base, before)?.id !== from?.id || containerOf(theirs, match.layer)?.id !== to?.id) continue;
    if (isLaidOut(theirs, match.layer)) continue;
    const distance = distanceOf(layer, sibling);
    if (distance < least) [nearest, least] = [{ before, sibling, after: match.layer }, distance];
  }
  return nearest;
}

/** The gap between two layers, then the distance of their centres. */
function distanceOf(a: DesignLayer, b: DesignLayer): number {
  const [x = 0, y = 0] = AXES.map((axis) => {
    const [p, q] = [spanOf(a, axis), spanOf(b, axis)];
    return Math.max(0, q.start - p.start - p.length, p.start - q.start - q.length);
  });
  const [u = 0, v = 0] = AXES.map((axis) => {
    const [p, q] = [spanOf(a, axis), spanOf(b, axis)];
    return p.start + p.length / 2 - q.start - q.length / 2;
  });
  return Math.hypot(x, y) + Math.hypot(u, v) / 1000;
}

/** How far the neighbour is from where constraints and scale would put it in the target. */
function shiftOf(
  { base, scale }: MergeContext,
  neighbour: Neighbour,
  from: string,
  to: DesignLayer,
  axis: Axis,
): number {
  const { before, after } = neighbour;
  const container = base.layers[from];
  if (container === undefined) return 0;
  const lengths = [lengthOf(sizeOf(container), axis), lengthOf(sizeOf(to), axis)] as const;
  const expected = constrainedSpan(spanOf(before, axis), constraintOf(before, axis), lengths[0], lengths[1], scale);
  return spanOf(after, axis).start - expected.start;
}
