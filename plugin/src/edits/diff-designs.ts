import type { Design, DesignLayer } from '../shared/design.js';
import { isNoChange, movedLayers, resizeChange } from './diff/diff-geometry.js';
import { diffProperties } from './diff/diff-properties.js';
import { removedLayers, reorderedLayers, structureChange } from './diff/diff-structure.js';
import type { Change, Edit } from './edit.js';
import { layersInOrder } from './tree.js';

/**
 * What a designer changed from `base` to `ours`, matched by layer id, in the document order of ours; removals last.
 * Leaves out what follows from something else: auto layout, constraints, contents, styles, variables, components.
 * Of a second version that took base's ids, each edit has the confidence of the alignment.
 */
export function diffDesigns(base: Design, ours: Design): Edit[] {
  const reordered = reorderedLayers(base, ours);
  const moves = movedLayers(base, ours);
  const edits = layersInOrder(ours).flatMap((layer) => {
    const changes = [structureChange(base, ours, layer, reordered), ...changesOf(base, ours, layer, moves)];
    return changes.flatMap((change) => (change === null ? [] : [editOf(ours, layer.id, change)]));
  });
  const removals = removedLayers(base, ours).map((layer) => editOf(ours, layer.id, { kind: 'remove' }));
  return [...edits, ...removals];
}

function changesOf(base: Design, ours: Design, after: DesignLayer, moves: ReadonlyMap<string, Change>) {
  const before = base.layers[after.id];
  if (before === undefined) return [];
  const isRoot = after.id === ours.rootId;
  const sets = diffProperties(base, ours, before, after)
    .filter(({ property }) => !isRoot || (property !== 'name' && property !== 'rotation'))
    .map((change): Change => ({ kind: 'set', ...change }));
  const geometry = [resizeChange(base, ours, before, after), isRoot ? null : (moves.get(after.id) ?? null)];
  return [...sets, ...geometry.filter((change) => change !== null && !isNoChange(change))];
}

function editOf(ours: Design, layerId: string, change: Change): Edit {
  const what = change.kind === 'set' ? `set:${change.property}` : change.kind;
  const parentId = change.kind === 'reparent' || change.kind === 'add' ? change.parentId : layerId;
  const confidence = Math.min(alignmentOf(ours, layerId), alignmentOf(ours, parentId));
  return { ...change, editId: `${what}:${layerId}`, layerId, confidence };
}

function alignmentOf(ours: Design, layerId: string): number {
  return ours.alignment?.[layerId]?.confidence ?? 1;
}
