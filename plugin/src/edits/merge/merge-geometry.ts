import type { Point } from '@samepoint/shared-protocol';
import type { DesignLayer, Size, Value } from '../../shared/design.js';
import type { Edit } from '../edit.js';
import { fingerprint, isRecord, rounded, valueOfFingerprint } from '../fingerprint.js';
import type { Outcome } from '../merged-edit.js';
import {
  type Axis,
  constrainedSpan,
  constraintOf,
  containerOf,
  isLaidOut,
  isSizeDecided,
  lengthOf,
  positionOf,
  sizeOf,
  spanOf,
} from '../tree.js';
import { type Match, type MergeContext, recordKey } from './context.js';
import { blocked, operationOf } from './outcome.js';
import { instanceObstacle } from './support.js';

type ResizeEdit = Edit & { kind: 'resize' };
type MoveEdit = Edit & { kind: 'move' };
type Numbers = { readonly [key: string]: number };

const TOLERANCE = 0.02;
/** Figma refuses smaller layers (`resize` in the typings). */
const LEAST_LENGTH = 0.01;

/** The layer with the properties that this merge writes. */
export function withPlanned({ planned }: MergeContext, layer: DesignLayer): DesignLayer {
  const values = planned.get(layer.id);
  return values === undefined ? layer : { ...layer, props: { ...layer.props, ...Object.fromEntries(values) } };
}

/** The target's size after this merge. */
export function plannedSize({ planned }: MergeContext, layer: DesignLayer): Size {
  const values = planned.get(layer.id);
  const [width, height] = [values?.get('.width'), values?.get('.height')];
  return typeof width === 'number' && typeof height === 'number' ? { width, height } : sizeOf(layer);
}

export function mergeResize(context: MergeContext, edit: ResizeEdit, match: Match): Outcome {
  const { layer } = match;
  const obstacle = instanceObstacle(context.theirs, layer, null);
  if (obstacle !== null) return blocked(obstacle);
  const now = withPlanned(context, layer);
  const isChanged = (axis: Axis) => Math.abs(lengthOf(edit.after, axis) - lengthOf(edit.before, axis)) > TOLERANCE;
  const isFree = (axis: Axis) => isChanged(axis) && !isSizeDecided(context.theirs, now, axis);
  const axes = (['x', 'y'] as const).filter(isFree);
  if (axes.length === 0) return blocked({ code: 'auto-layout' });
  const keys = axes.map((axis) => (axis === 'x' ? 'width' : 'height'));
  const sizes = { before: { ...edit.before }, after: { ...edit.after }, theirs: { ...sizeOf(layer) } };
  const factor = (key: string) => factorOf(context, edit.layerId, layer, key === 'width' ? 'x' : 'y');
  const merged = mergeNumbers(context, edit, layer.id, keys, sizes, factor, true);
  const size = { ...sizeOf(layer), ...clampLengths(merged.value) };
  const write = { kind: 'resize', layerId: layer.id, before: sizeOf(layer), after: size } as const;
  const outcome = outcomeOf(merged.kind, operationOf(edit, write, sizes.after, { ...size }, layer.id), sizes.theirs);
  if (outcome.kind === 'change') {
    const values = context.planned.get(layer.id) ?? new Map<string, Value>();
    context.planned.set(layer.id, values.set('.width', size.width).set('.height', size.height));
  }
  return outcome;
}

function clampLengths(sizes: Numbers): Partial<Size> {
  return Object.fromEntries(Object.entries(sizes).map(([key, value]) => [key, Math.max(LEAST_LENGTH, value)]));
}

/** A layer that scales with its container moves and grows in proportion to it. */
function factorOf(context: MergeContext, sourceId: string, layer: DesignLayer, axis: Axis): number {
  const source = context.base.layers[sourceId];
  const from = source === undefined ? null : containerOf(context.base, source);
  const to = containerOf(context.theirs, layer);
  if (constraintOf(layer, axis) !== 'SCALE' || from === null || to === null) return context.scale;
  const length = lengthOf(sizeOf(from), axis);
  return length > 0 ? lengthOf(sizeOf(to), axis) / length : context.scale;
}

export function mergeMove(context: MergeContext, edit: MoveEdit, match: Match): Outcome {
  const { theirs } = context;
  const { layer } = match;
  const obstacle = instanceObstacle(theirs, layer, null);
  if (obstacle !== null) return blocked(obstacle);
  if (isLaidOut(theirs, withPlanned(context, layer))) return blocked({ code: 'auto-layout' });
  const now = positionOf(layer);
  const pushed = pushedBy(theirs, layer, now, (container) => plannedSize(context, container));
  const { kind, after, source } = moveFrom(context, edit, layer, pushed);
  const container = containerOf(theirs, layer);
  const stays = sameAs(pushed, now) || container === null ? null : moveFrom(context, edit, layer, now).after;
  const write = {
    kind: 'move',
    layerId: layer.id,
    before: now,
    after,
    ...(stays === null || container === null ? {} : { unlessResized: { layerId: container.id, after: stays } }),
  } as const;
  const operation = operationOf(edit, write, source, { ...after }, layer.id);
  return outcomeOf(kind, operation, { ...now });
}

/** The move of a layer that the merge itself puts at `pushed`. */
function moveFrom(context: MergeContext, edit: MoveEdit, layer: DesignLayer, pushed: Point) {
  const before = { ...edit.before };
  const expected = pushedBy(context.base, context.base.layers[edit.layerId], edit.before, (container) =>
    sizeOf(context.ours.layers[container.id] ?? container),
  );
  const points = { before: { ...expected }, after: { ...edit.after }, theirs: { ...pushed } };
  const factor = (key: string) => {
    const factor = factorOf(context, edit.layerId, layer, key === 'x' ? 'x' : 'y');
    return key === 'x' && context.isMirrored ? -factor : factor;
  };
  const canBeSo = sameAs(pushed, positionOf(layer)) && sameAs(before, expected);
  const { kind, value } = mergeNumbers(context, edit, layer.id, ['x', 'y'], points, factor, canBeSo);
  return { kind, after: { x: value.x ?? pushed.x, y: value.y ?? pushed.y }, source: points.after };
}

function sameAs(a: Point, b: Point): boolean {
  return Math.abs(a.x - b.x) < TOLERANCE && Math.abs(a.y - b.y) < TOLERANCE;
}

/** Where constraints bring a layer when its container is resized. */
function pushedBy(
  design: MergeContext['base'],
  layer: DesignLayer | undefined,
  position: Point,
  sizeAfter: (container: DesignLayer) => Size,
): Point {
  const container = layer === undefined ? null : containerOf(design, layer);
  if (layer === undefined || container === null) return position;
  const [x, y] = (['x', 'y'] as const).map((axis) => {
    const [from, to] = [lengthOf(sizeOf(container), axis), lengthOf(sizeAfter(container), axis)];
    return constrainedSpan(spanOf(layer, axis), constraintOf(layer, axis), from, to).start;
  });
  return { x: x ?? position.x, y: y ?? position.y };
}

interface MergedNumbers {
  kind: 'change' | 'already-so' | 'conflict';
  value: Numbers;
}

/** The difference of ours and base, applied to the target and scaled, for each key. */
function mergeNumbers(
  context: MergeContext,
  edit: Edit,
  layerId: string,
  keys: readonly string[],
  values: { before: Numbers; after: Numbers; theirs: Numbers },
  factor: (key: string) => number,
  canBeSo: boolean,
): MergedNumbers {
  const { after, theirs } = values;
  const record = recordOf(context, edit, layerId);
  const isWritten = record !== null && areNear(theirs, record.written, keys);
  if (
    isWritten &&
    (record.source === null ? record.hash === fingerprint(after) : areNear(after, record.source, keys))
  ) {
    return { kind: 'already-so', value: theirs };
  }
  const before = isWritten && record.source !== null ? record.source : values.before;
  const value = Object.fromEntries(keys.map((key) => [key, rounded(merge(key, before, after, theirs, factor(key)))]));
  if (areNear(value, theirs, keys)) return { kind: 'already-so', value };
  if (record !== null && !isWritten && !areNear(theirs, values.before, keys)) {
    return areNear(theirs, after, keys) ? { kind: 'already-so', value: theirs } : { kind: 'conflict', value: after };
  }
  const isSo = canBeSo && context.scale === 1 && areNear(theirs, after, keys) && !areNear(theirs, before, keys);
  return isSo ? { kind: 'already-so', value: theirs } : { kind: 'change', value };
}

function merge(key: string, before: Numbers, after: Numbers, theirs: Numbers, factor: number): number {
  const [b, o, t] = [before[key] ?? 0, after[key] ?? 0, theirs[key] ?? 0];
  return Math.abs(t - factor * b) < TOLERANCE ? factor * o : t + factor * (o - b);
}

function recordOf({ records }: MergeContext, edit: Edit, layerId: string) {
  const record = records.get(recordKey(edit.layerId, edit.kind));
  if (record === undefined || record.layerId !== layerId) return null;
  const [source, written] = [numbersOf(record.source), numbersOf(record.written)];
  return written === null ? null : { source, written, hash: record.source };
}

function numbersOf(text: string): Numbers | null {
  const value = valueOfFingerprint(text);
  if (!isRecord(value)) return null;
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
  );
}

function areNear(a: Numbers, b: Numbers, keys: readonly string[]): boolean {
  return keys.every((key) => Math.abs((a[key] ?? 0) - (b[key] ?? 0)) < TOLERANCE);
}

function outcomeOf(kind: MergedNumbers['kind'], operation: ReturnType<typeof operationOf>, theirs: Value): Outcome {
  if (kind === 'already-so') return { kind };
  if (kind === 'conflict') return { kind, theirs, ours: operation, proposal: null };
  return { kind, operation, include: 'confident' };
}
