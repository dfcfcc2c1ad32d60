import type { Design, DesignLayer } from '../../shared/design.js';
import type { AppliedRecord } from '../../shared/operation.js';
import { diffDesigns } from '../diff-designs.js';
import type { Edit } from '../edit.js';
import type { Counterpart, MergedEdit, MergeInput } from '../merged-edit.js';
import type { MergeContext } from './context.js';
import { type AddedSubtree, addedSubtree, parallelLayers, subtreeDesign, subtreeFingerprint } from './copies.js';
import { recoloured } from './recolour.js';

/** An added subtree and its copy in the target, which an earlier run made. */
interface Copied {
  source: AddedSubtree;
  /** Without layers that moved into the copy. */
  copy: Design;
  /** Fingerprints of the source when it was copied, and of the copy then. */
  before: Pick<AppliedRecord, 'source' | 'written'>;
}

/**
 * What changed in added subtrees since an earlier run copied them. The copy stands for base: it is what the source was,
 * unless it was changed by hand. Then it is open which of both has changed, and each difference conflicts.
 */
export function mergeIntoCopies(
  input: MergeInput,
  context: MergeContext,
  merge: (input: MergeInput) => MergedEdit[],
): MergedEdit[] {
  return copiedSubtrees(input).flatMap(({ source, copy, before }) => {
    if (source.fingerprint === before.source) return [];
    const ours = recoloured(context, source.design).design;
    const { base, counterparts } = copyAsBase(ours, copy);
    const edits = diffDesigns(base, ours);
    const theirs = { ...input.theirs, rootId: copy.rootId };
    const merged = merge({ ...input, base, ours, edits, counterparts, theirs });
    return subtreeFingerprint(copy) === before.written ? merged : merged.map((edit) => doubtful(edit, input));
  });
}

function copiedSubtrees({ base, ours, theirs, edits, applied, counterparts }: MergeInput): Copied[] {
  const added = new Set(edits.filter(({ kind }) => kind === 'add').map(({ layerId }) => layerId));
  const isOwn = (record: AppliedRecord) => record.what === 'reparent';
  const others = new Set([
    ...Object.values(counterparts).map(({ layerId }) => layerId),
    ...applied.filter(isOwn).map(({ layerId }) => layerId),
  ]);
  return applied.flatMap((record): Copied[] => {
    const source = ours.layers[record.sourceLayerId];
    const isCopy =
      record.what === 'add' && added.has(record.sourceLayerId) && theirs.layers[record.layerId] !== undefined;
    if (!isCopy || source === undefined) return [];
    const copy = subtreeDesign(theirs, record.layerId, (id) => id !== record.layerId && others.has(id));
    return [{ source: addedSubtree(base, ours, source), copy, before: record }];
  });
}

/** The copy with the ids of its original. */
function copyAsBase(source: Design, copy: Design) {
  const [original, root] = [source.layers[source.rootId], copy.layers[copy.rootId]];
  const pairs = original === undefined || root === undefined ? [] : parallelLayers(source, original, copy, root);
  const ids = new Map(pairs.map(([id, layer]) => [layer.id, id]));
  const idOf = (id: string) => ids.get(id) ?? id;
  const layers = Object.values(copy.layers).map(
    (layer): DesignLayer => ({
      ...layer,
      id: idOf(layer.id),
      parentId: layer.parentId === null ? null : idOf(layer.parentId),
      childIds: layer.childIds.map(idOf),
    }),
  );
  const base: Design = {
    rootId: source.rootId,
    layers: Object.fromEntries(layers.map((layer) => [layer.id, layer])),
    tokens: copy.tokens,
  };
  const counterparts: { [id: string]: Counterpart } = {};
  for (const layerId of Object.keys(copy.layers)) {
    counterparts[idOf(layerId)] = { layerId, confidence: 1, runnersUp: [] };
  }
  return { base, counterparts };
}

/** Without a base, a change is a conflict, unless it continues one that was written. */
function doubtful(merged: MergedEdit, { applied }: MergeInput): MergedEdit {
  const { edit, outcome } = merged;
  if (outcome.kind !== 'change') return merged;
  const what: string = edit.kind === 'set' ? edit.property : edit.kind;
  if (applied.some((record) => record.sourceLayerId === edit.layerId && record.what === what)) return merged;
  const theirs = theirsOf(edit);
  if (theirs === undefined) return { ...merged, outcome: { ...outcome, include: 'never' } };
  return { ...merged, outcome: { kind: 'conflict', theirs, ours: outcome.operation, proposal: null } };
}

function theirsOf(edit: Edit) {
  return edit.kind === 'set' ? edit.before : undefined;
}
