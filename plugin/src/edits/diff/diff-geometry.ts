import type { Point } from '@samepoint/shared-protocol';
import type { Design, DesignLayer } from '../../shared/design.js';
import type { Change } from '../edit.js';
import { sameValue } from '../fingerprint.js';
import {
  AXES,
  type Axis,
  childrenOf,
  constrainedSpan,
  constraintOf,
  containerOf,
  instanceAbove,
  isGroup,
  isLaidOut,
  isSizeDecided,
  lengthOf,
  parentOf,
  positionOf,
  type Span,
  sizeOf,
  spanOf,
} from '../tree.js';
import { isOverridden, isSwapped } from './instance-overrides.js';

/** Figma positions have float32 noise. */
const TOLERANCE = 0.01;

/** Where the layer would be in ours if only its container changed: by its constraints, if no auto layout places it. */
function expectedSpan(base: Design, ours: Design, before: DesignLayer, after: DesignLayer, axis: Axis): Span {
  const span = spanOf(before, axis);
  const [from, to] = [containerOf(base, before), containerOf(ours, after)];
  if (from === null || to === null || isInLaidOutGroup(ours, after) || isLaidOut(ours, after)) return span;
  const constraint = constraintOf(after, axis);
  return constrainedSpan(span, constraint, lengthOf(sizeOf(from), axis), lengthOf(sizeOf(to), axis));
}

export function isInLaidOutGroup(design: Design, layer: DesignLayer): boolean {
  const parent = parentOf(design, layer);
  return parent !== null && isGroup(parent) && (isLaidOut(design, parent) || isInLaidOutGroup(design, parent));
}

/** The new size, where the designer set it. An axis that something else decides keeps base's length. */
export function resizeChange(base: Design, ours: Design, before: DesignLayer, after: DesignLayer): Change | null {
  if (instanceAbove(ours, after) !== null) return null;
  if (isSwapped(base, ours, after) && !isOverridden(after, 'width') && !isOverridden(after, 'height')) return null;
  const lengthAfter = (axis: Axis) => {
    const [from, to] = [spanOf(before, axis).length, spanOf(after, axis).length];
    if (isSizeDecided(ours, after, axis)) return from;
    const expected = expectedSpan(base, ours, before, after, axis).length;
    return Math.abs(to - expected) < TOLERANCE ? from : to;
  };
  const size = { width: lengthAfter('x'), height: lengthAfter('y') };
  if (Math.abs(size.width - before.width) + Math.abs(size.height - before.height) < TOLERANCE) return null;
  return { kind: 'resize', before: sizeOf(before), after: size };
}

/** The moves that the designer made, by layer id. A group whose contents all move alike moves as a whole. */
export function movedLayers(base: Design, ours: Design): Map<string, Change> {
  const moves = new Map<string, Change>();
  const root = ours.layers[ours.rootId];
  if (root === undefined) return moves;
  const reference = rootReference(base, ours, root);
  collectMoves(base, ours, root, reference, moves);
  for (const [layerId, move] of moves) {
    const layer = ours.layers[layerId];
    const container = layer === undefined ? null : containerOf(ours, layer);
    if (move.kind !== 'move' || (container !== null && container.id !== root.id)) continue;
    moves.set(layerId, { ...move, after: { x: move.after.x - reference.x, y: move.after.y - reference.y } });
  }
  return moves;
}

/**
 * How far the root itself moved, in the coordinates of its contents. Those of a group are the ones of what is around it:
 * what most of its contents share, if in doubt nothing, then the way of its corner.
 */
function rootReference(base: Design, ours: Design, root: DesignLayer): Point {
  const before = base.layers[base.rootId];
  if (before === undefined || !(isGroup(root) || isGroup(before))) return { x: 0, y: 0 };
  const deltas = contentDeltas(base, ours, root);
  const corner = { x: root.transform.e - before.transform.e, y: root.transform.f - before.transform.f };
  const candidates = [{ x: 0, y: 0 }, corner, ...deltas];
  const shares = candidates.map((one) => deltas.filter((delta) => isSame(delta, one)).length);
  return candidates[shares.indexOf(Math.max(...shares))] ?? { x: 0, y: 0 };
}

function collectMoves(base: Design, ours: Design, parent: DesignLayer, settled: Point, moves: Map<string, Change>) {
  if (parent.type === 'INSTANCE') return;
  for (const layer of childrenOf(ours, parent)) {
    const before = base.layers[layer.id];
    const delta = before === undefined ? null : deltaOf(base, ours, before, layer);
    const placed = isGroup(layer) ? commonDelta(base, ours, layer) : delta;
    const free = before !== undefined && delta !== null && !isLaidOut(ours, layer);
    if (free && placed !== null && !isSame(placed, settled)) moves.set(layer.id, moveOf(before, layer, placed));
    const inner = isGroup(layer) ? (placed ?? groupReference(base, ours, layer, settled)) : { x: 0, y: 0 };
    collectMoves(base, ours, layer, inner, moves);
  }
}

function moveOf(before: DesignLayer, after: DesignLayer, delta: Point): Change {
  const from = positionOf(before);
  const to = isGroup(after) ? { x: from.x + delta.x, y: from.y + delta.y } : positionOf(after);
  return { kind: 'move', before: from, after: to };
}

/** How far a layer is from where it would be without the designer; null if it came from another container. */
function deltaOf(base: Design, ours: Design, before: DesignLayer, after: DesignLayer): Point | null {
  if (before.parentId !== after.parentId) return null;
  if (containerOf(base, before)?.id !== containerOf(ours, after)?.id) return null;
  const [x = 0, y = 0] = AXES.map((axis) => {
    const moved = spanOf(after, axis).start - expectedSpan(base, ours, before, after, axis).start;
    return Math.abs(moved) < TOLERANCE ? 0 : moved;
  });
  return { x, y };
}

/** The delta of all contents of a group, or null if they differ. */
function commonDelta(base: Design, ours: Design, group: DesignLayer): Point | null {
  const deltas = contentDeltas(base, ours, group);
  const first = deltas[0];
  return first !== undefined && deltas.every((delta) => isSame(delta, first)) ? first : null;
}

function contentDeltas(base: Design, ours: Design, group: DesignLayer): Point[] {
  return childrenOf(ours, group).flatMap((child) => {
    const before = base.layers[child.id];
    if (before === undefined) return [];
    if (isGroup(child)) return contentDeltas(base, ours, child);
    return deltaOf(base, ours, before, child) ?? [];
  });
}

/** How far a group moved whose contents do not move alike: what most share in auto layout, else not at all. */
function groupReference(base: Design, ours: Design, group: DesignLayer, settled: Point): Point {
  if (!isLaidOut(ours, group) && !isInLaidOutGroup(ours, group)) return settled;
  const deltas = contentDeltas(base, ours, group);
  const shares = deltas.map((delta) => deltas.filter((other) => isSame(delta, other)).length);
  return deltas[shares.indexOf(Math.max(...shares))] ?? settled;
}

function isSame(a: Point, b: Point): boolean {
  return Math.abs(a.x - b.x) < TOLERANCE && Math.abs(a.y - b.y) < TOLERANCE;
}

/** Whether all of a move or resize would be undone by rounding. */
export function isNoChange(change: Change): boolean {
  return (change.kind === 'move' || change.kind === 'resize') && sameValue({ ...change.before }, { ...change.after });
}
