import type { Edit } from './edit.js';
import { contextOf, type MergeContext } from './merge/context.js';
import { mergeIntoCopies } from './merge/merge-copies.js';
import { mergeMove, mergeResize } from './merge/merge-geometry.js';
import { mergeSet } from './merge/merge-set.js';
import { mergeAdd, mergeRemove, mergeReorder, mergeReparent } from './merge/merge-structure.js';
import { mergedEdit } from './merge/outcome.js';
import { asOffered, takenBackEdits } from './merge/taken-back.js';
import type { MergedEdit, MergeInput } from './merged-edit.js';

/** Later edits build on what earlier ones plan: positions on sizes, sizes on properties. */
const PASSES: readonly (readonly Edit['kind'][])[] = [
  ['set'],
  ['resize'],
  ['move', 'add', 'reparent', 'reorder', 'remove'],
];

/**
 * The three-way merge of base, ours and one target: what happens to each edit there, in the order of `edits`. After them
 * follow edits of their own: what changed in added layers since an earlier run copied them, and what earlier runs wrote
 * and the source took back. Nothing is written. See the merge table in `README.md`.
 */
export function merge(input: MergeInput): MergedEdit[] {
  const context = contextOf(input);
  const merged = mergeEdits(input, context);
  return [...merged, ...takenBackEdits(input).flatMap((edit) => asOffered(mergeEdit(context, edit)))];
}

function mergeEdits(input: MergeInput, context: MergeContext): MergedEdit[] {
  const merged = new Map<Edit, MergedEdit>();
  for (const kinds of PASSES) {
    for (const edit of input.edits) if (kinds.includes(edit.kind)) merged.set(edit, mergeEdit(context, edit));
  }
  const copies = mergeIntoCopies(input, context, (copied) => mergeEdits(copied, contextOf(copied)));
  return [...input.edits.flatMap((edit) => merged.get(edit) ?? []), ...copies];
}

function mergeEdit(context: MergeContext, edit: Edit): MergedEdit {
  if (edit.kind === 'add') return mergeAdd(context, edit);
  if (edit.kind === 'remove') return mergeRemove(context, edit);
  const match = context.matches.get(edit.layerId) ?? null;
  if (match === null) return mergedEdit(edit, null, { kind: 'missing' });
  if (edit.kind === 'reorder') return mergeReorder(context, edit, match);
  if (edit.kind === 'reparent') return mergeReparent(context, edit, match);
  if (edit.kind === 'set') return mergedEdit(edit, match, mergeSet(context, edit, match));
  if (edit.kind === 'resize') return mergedEdit(edit, match, mergeResize(context, edit, match));
  return mergedEdit(edit, match, mergeMove(context, edit, match));
}
