import type { Design, DesignLayer, Value } from '../../shared/design.js';
import type { CopySet, LayerRef } from '../../shared/operation.js';
import type { Edit } from '../edit.js';
import type { MergedEdit, Outcome } from '../merged-edit.js';
import { containerOf, indexOfChild, isInside, parentOf, subtreeOf } from '../tree.js';
import { type Match, type MergeContext, recordKey } from './context.js';
import { addedSubtree, parallelLayers, subtreeFingerprint } from './copies.js';
import { blocked, mergedEdit, operationOf } from './outcome.js';
import { childAbove, placementIn, placementInCopy, siblingInCopy, siblingPlace } from './placement.js';
import { recoloured } from './recolour.js';
import { instanceObstacle, parentObstacle } from './support.js';

type AddEdit = Edit & { kind: 'add' };
type ReparentEdit = Edit & { kind: 'reparent' };
type ReorderEdit = Edit & { kind: 'reorder' };

export function mergeAdd(context: MergeContext, edit: AddEdit): MergedEdit {
  const { base, ours, theirs, records, scale } = context;
  const layer = ours.layers[edit.layerId];
  const parent = context.matches.get(edit.parentId) ?? null;
  if (layer === undefined || parent === null) return mergedEdit(edit, null, blocked({ code: 'parent-missing' }));
  const obstacle = parentObstacle(theirs, parent.layer);
  if (obstacle !== null) return mergedEdit(edit, parent, blocked(obstacle));
  const earlier = records.get(recordKey(edit.layerId, 'add'));
  if (earlier !== undefined && theirs.layers[earlier.layerId] !== undefined) {
    return mergedEdit(edit, parent, { kind: 'already-so' });
  }
  const place = siblingPlace(context, layer, parent.layer);
  const old = subtreeOf(ours, layer).filter(({ id }) => base.layers[id] !== undefined);
  const source = addedSubtree(base, ours, layer);
  const copied = recoloured(context, source.design);
  const written = copied.sets.length === 0 ? source.fingerprint : subtreeFingerprint(copied.design);
  const write = {
    kind: 'add',
    sourceLayerId: canvasId(ours, layer.id),
    parent: { layerId: parent.layer.id },
    previousSibling: place.previousSibling,
    ...placementIn(context, layer, parent.layer),
    scale,
    without: old.filter(({ parentId }) => !old.some(({ id }) => id === parentId)).map(({ id }) => canvasId(ours, id)),
    ...(copied.sets.length === 0 ? {} : { colours: copied.sets.map((set) => onCanvas(ours, set)) }),
  } as const;
  const record = { sourceLayerId: edit.layerId, what: 'add', layerId: '', source: source.fingerprint, written };
  // A copy that is gone was removed by hand.
  const include = earlier === undefined ? 'confident' : 'never';
  const operation = { editId: edit.editId, write, record };
  return mergedEdit(edit, parent, { kind: 'change', operation, include }, place.confidence);
}

function onCanvas(ours: Design, set: CopySet): CopySet {
  return { ...set, sourceLayerId: canvasId(ours, set.sourceLayerId) };
}

function canvasId(ours: Design, layerId: string): string {
  return ours.alignment?.[layerId]?.ownId ?? layerId;
}

export function mergeRemove(context: MergeContext, edit: Edit): MergedEdit {
  const { base, theirs, records } = context;
  const record = records.get(recordKey(edit.layerId, 'remove'));
  if (record !== undefined && theirs.layers[record.layerId] === undefined) {
    return { ...mergedEdit(edit, null, { kind: 'already-so' }), confidence: edit.confidence };
  }
  const match = context.matches.get(edit.layerId) ?? null;
  const before = base.layers[edit.layerId];
  if (match === null || before === undefined) return mergedEdit(edit, null, { kind: 'missing' });
  const obstacle = instanceObstacle(theirs, match.layer, null);
  if (obstacle !== null) return mergedEdit(edit, match, blocked(obstacle));
  const include = holdsMore(context, before, match.layer) ? 'never' : 'sure';
  const operation = operationOf(edit, { kind: 'remove', layerId: match.layer.id }, null, null, match.layer.id);
  return mergedEdit(edit, match, { kind: 'change', operation, include });
}

/** Whether the counterpart holds a layer that base's does not, or one that ours keeps. */
function holdsMore(context: MergeContext, before: DesignLayer, layer: DesignLayer): boolean {
  const { base, ours, theirs, matches } = context;
  const inBase = subtreeOf(base, before);
  const known = new Map(inBase.flatMap(({ id }) => [[matches.get(id)?.layer.id ?? '', id] as const]));
  const parallel = new Map(parallelLayers(base, before, theirs, layer).map(([id, copy]) => [copy.id, id]));
  return subtreeOf(theirs, layer).some(({ id }) => {
    const source = known.get(id) ?? parallel.get(id);
    if (source === undefined) return true;
    return ours.layers[source] !== undefined && !isReparented(context, source);
  });
}

/** Whether the layer, or one above it, moves to another parent. */
function isReparented({ base, ours }: Pick<MergeContext, 'base' | 'ours'>, sourceId: string): boolean {
  const [before, after] = [base.layers[sourceId], ours.layers[sourceId]];
  if (before === undefined || after === undefined || after.parentId === null) return false;
  return before.parentId !== after.parentId || isReparented({ base, ours }, after.parentId);
}

export function mergeReorder(context: MergeContext, edit: ReorderEdit, match: Match): MergedEdit {
  const { ours, theirs } = context;
  const layer = ours.layers[edit.layerId];
  const moved = layer === undefined ? match.layer : withWrappers(context, layer, match.layer);
  const obstacle = instanceObstacle(theirs, moved, null);
  if (obstacle !== null) return mergedEdit(edit, match, blocked(obstacle));
  const parent = parentOf(theirs, moved);
  if (layer === undefined || parent === null) return mergedEdit(edit, match, { kind: 'missing' });
  const place = siblingPlace(context, layer, parent);
  const isSo = isPlacedSo(context, layer, moved, parent);
  const write = { kind: 'reorder', layerId: moved.id, previousSibling: place.previousSibling } as const;
  const value = edit.previousSiblingId;
  const operation = operationOf(edit, write, value, refValue(place.previousSibling), match.layer.id);
  const outcome: Outcome = isSo ? { kind: 'already-so' } : { kind: 'change', operation, include: 'confident' };
  return mergedEdit(edit, match, outcome, place.confidence);
}

/** The counterpart, or the layer around it that the target has instead of it among the siblings' counterparts. */
function withWrappers({ ours, theirs, matches }: MergeContext, layer: DesignLayer, target: DesignLayer): DesignLayer {
  const home = matches.get(layer.parentId ?? '')?.layer;
  if (home === undefined || target.parentId === home.id || !isInside(theirs, target, home.id)) return target;
  const siblings = parentOf(ours, layer)?.childIds.filter((id) => id !== layer.id) ?? [];
  const others = siblings.flatMap((id) => matches.get(id)?.layer ?? []);
  let moved = target;
  while (moved.parentId !== home.id) {
    const wrapper = parentOf(theirs, moved);
    if (wrapper === null || others.some((other) => isInside(theirs, other, wrapper.id))) break;
    moved = wrapper;
  }
  return moved;
}

function refValue(ref: LayerRef | null): Value {
  return ref === null ? null : 'layerId' in ref ? ref.layerId : ref.addedFrom;
}

/** Whether all counterparts of siblings below are below in the target too, and all above are above. */
function isPlacedSo(context: MergeContext, layer: DesignLayer, target: DesignLayer, parent: DesignLayer): boolean {
  const home = parentOf(context.ours, layer);
  if (home === null) return true;
  const [at, own] = [indexOfChild(parent, target.id), indexOfChild(home, layer.id)];
  return home.childIds.every((id, n) => {
    const place = n === own ? null : childAbove(context, parent, id);
    return place === null || indexOfChild(parent, place.id) < at === n < own;
  });
}

export function mergeReparent(context: MergeContext, edit: ReparentEdit, match: Match): MergedEdit {
  const { ours, theirs } = context;
  const layer = ours.layers[edit.layerId];
  const obstacle = instanceObstacle(theirs, match.layer, null);
  if (obstacle !== null) return mergedEdit(edit, match, blocked(obstacle));
  if (layer === undefined) return mergedEdit(edit, match, { kind: 'missing' });
  const parent = context.matches.get(edit.parentId) ?? null;
  if (parent === null) return mergeIntoCopy(context, edit, match, layer);
  if (match.layer.parentId === parent.layer.id) {
    return mergedEdit(edit, match, { kind: 'already-so' }, parent.confidence);
  }
  const inParent = parentObstacle(theirs, parent.layer);
  if (inParent !== null) return mergedEdit(edit, match, blocked(inParent));
  if (parent.layer.id === match.layer.id || isInside(theirs, parent.layer, match.layer.id)) {
    return mergedEdit(edit, match, blocked({ code: 'parent-missing' }));
  }
  const place = siblingPlace(context, layer, parent.layer);
  const { transform } = placementIn(context, layer, parent.layer);
  const write = {
    kind: 'reparent',
    layerId: match.layer.id,
    parent: { layerId: parent.layer.id },
    previousSibling: place.previousSibling,
    transform,
  } as const;
  const operation = operationOf(edit, write, edit.parentId, parent.layer.id, match.layer.id);
  const outcome: Outcome = { kind: 'change', operation, include: 'confident' };
  return mergedEdit(edit, match, outcome, parent.confidence, place.confidence);
}

/** Into a layer that is new in ours: into its copy, if the merge adds one. */
function mergeIntoCopy(context: MergeContext, edit: ReparentEdit, match: Match, layer: DesignLayer): MergedEdit {
  const { ours } = context;
  const added = addedRoot(context, edit.parentId);
  const target = added === null ? null : (context.matches.get(added.parentId ?? '') ?? null);
  if (added === null || target === null || parentObstacle(context.theirs, target.layer) !== null) {
    return mergedEdit(edit, match, blocked({ code: 'parent-missing' }));
  }
  const container = containerOf(ours, layer);
  const isInCopy = container !== null && context.base.layers[container.id] === undefined;
  const transform = isInCopy ? placementInCopy(context, layer) : placementIn(context, layer, target.layer).transform;
  const write = {
    kind: 'reparent',
    layerId: match.layer.id,
    parent: { addedFrom: edit.parentId },
    previousSibling: siblingInCopy(context, layer),
    transform,
  } as const;
  const operation = operationOf(edit, write, edit.parentId, edit.parentId, match.layer.id);
  return mergedEdit(edit, match, { kind: 'change', operation, include: 'confident' }, target.confidence);
}

/** The root of the added subtree that holds the layer. */
function addedRoot({ base, ours }: MergeContext, layerId: string): DesignLayer | null {
  let layer = ours.layers[layerId];
  while (layer !== undefined && layer.parentId !== null && base.layers[layer.parentId] === undefined) {
    layer = ours.layers[layer.parentId];
  }
  return layer !== undefined && base.layers[layer.id] === undefined ? layer : null;
}
