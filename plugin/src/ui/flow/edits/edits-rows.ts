import type { Box } from '@samepoint/shared-protocol';
import { describeEdit } from '../../../edits/describe-edit.js';
import type { Edit } from '../../../edits/edit.js';
import type { Counterpart, MergedEdit, Obstacle } from '../../../edits/merged-edit.js';
import type { Design } from '../../../shared/design.js';
import type { EditableFrame } from '../../../shared/messages.js';
import type { Operation } from '../../../shared/operation.js';
import type { HashedFrame } from '../request.js';

/** What Apply does with a row: writes the source's value, the proposed one, or nothing. */
export type Choice = 'ours' | 'proposal' | 'off';

/** The outcomes that have rows, in the order of their sections. */
export const ROW_KINDS = ['change', 'conflict', 'taken-back', 'kept', 'blocked', 'missing'] as const;
type RowKind = (typeof ROW_KINDS)[number];

/** A target with the merge of all edits. */
export interface EditsTarget {
  frame: HashedFrame;
  edits: EditableFrame;
  /** By the id of the source layer. */
  counterparts: { readonly [sourceLayerId: string]: Counterpart };
  merged: readonly MergedEdit[];
  /** Whether it is laid out in the other direction across. */
  isMirrored: boolean;
}

/** What all rows are made from. */
export interface EditsMerge {
  base: Design;
  ours: Design;
  edits: readonly Edit[];
  targets: readonly EditsTarget[];
}

/** One edit in one target. */
export interface EditRow {
  key: string;
  kind: RowKind;
  target: EditsTarget;
  merged: MergedEdit;
  /** The source layer whose counterpart decides where the edit goes. */
  sourceLayerId: string;
  /** What the edit is, such as `Button label`. */
  label: string;
  /** Around the layer, in pixels of the target's picture; null if nothing of it is in the picture. */
  box: Box | null;
  /** The row whose operation must be written too, since it makes the parent; null for none. */
  needs: string | null;
}

/** Rows that are shown, opened and switched together: those of one edit and kind, or those of one target. */
export interface EditGroup {
  key: string;
  kind: RowKind | 'frame';
  title: string;
  /** Null for a group by frame. */
  edit: Edit | null;
  /** Null for a group by edit. */
  target: EditsTarget | null;
  rows: readonly EditRow[];
}

export interface AlreadySo {
  edits: number;
  frames: number;
}

export interface EditRows {
  byEdit: readonly EditGroup[];
  byFrame: readonly EditGroup[];
  byKey: ReadonlyMap<string, EditRow>;
  alreadySo: AlreadySo;
}

const rowsByTargets = new WeakMap<readonly EditsTarget[], EditRows>();
const rowsByMerge = new WeakMap<readonly MergedEdit[], readonly EditRow[]>();

/** All rows in groups. The same objects while the targets are the same, and the rows of a target while its merge is. */
export function editRows(merge: EditsMerge): EditRows {
  const known = rowsByTargets.get(merge.targets);
  if (known !== undefined) return known;
  const all = merge.targets.map((target) => targetRows(merge, target));
  const rows = {
    byEdit: groupsByEdit(merge, all.flat()),
    byFrame: merge.targets.map((target, index) => frameGroup(target, all[index] ?? [])).filter(hasRows),
    byKey: new Map(all.flat().map((row) => [row.key, row])),
    alreadySo: alreadySoIn(merge.targets),
  };
  rowsByTargets.set(merge.targets, rows);
  return rows;
}

function targetRows(merge: EditsMerge, target: EditsTarget): readonly EditRow[] {
  const known = rowsByMerge.get(target.merged);
  if (known !== undefined) return known;
  const boxes = new Map(target.frame.layers.map(({ layerId, box }) => [layerId, box]));
  const adds = new Map(target.merged.flatMap((merged) => addedBy(merged, target)));
  const rows = target.merged.flatMap((merged): EditRow[] => {
    if (merged.outcome.kind === 'already-so') return [];
    const kind = merged.isTakenBack === true ? 'taken-back' : merged.outcome.kind;
    return [
      {
        key: rowKey(target.frame.nodeId, merged.edit.editId),
        kind,
        target,
        merged,
        sourceLayerId: decidingLayer(merged),
        label: describeEdit(merged.edit, merge.base, merge.ours).label,
        box: boxAround(merged.layerId, target.edits.design, boxes),
        needs: adds.get(copiedParent(merged) ?? '') ?? null,
      },
    ];
  });
  rowsByMerge.set(target.merged, rows);
  return rows;
}

export function rowKey(targetId: string, editId: string): string {
  return `${targetId} ${editId}`;
}

/** The operations that a row can write, the source's first. */
export function operationsOf({ outcome }: MergedEdit): { ours: Operation | null; proposal: Operation | null } {
  switch (outcome.kind) {
    case 'change':
      return { ours: outcome.operation, proposal: null };
    case 'conflict':
      return { ours: outcome.ours, proposal: outcome.proposal };
    case 'kept':
      return { ours: outcome.ours, proposal: null };
    default:
      return { ours: null, proposal: null };
  }
}

/** The layer that an `add` copies, with the key of its row. */
function addedBy(merged: MergedEdit, target: EditsTarget): [string, string][] {
  const write = operationsOf(merged).ours?.write;
  return write?.kind === 'add' ? [[write.sourceLayerId, rowKey(target.frame.nodeId, merged.edit.editId)]] : [];
}

/** The source layer whose copy becomes the parent; null for a parent that the target has. */
function copiedParent(merged: MergedEdit): string | null {
  const write = operationsOf(merged).ours?.write;
  if (write?.kind !== 'add' && write?.kind !== 'reparent') return null;
  return 'addedFrom' in write.parent ? write.parent.addedFrom : null;
}

function decidingLayer({ edit, outcome }: MergedEdit): string {
  if (edit.kind === 'add') return edit.parentId;
  const needsParent = outcome.kind === 'blocked' && outcome.obstacle.code === 'parent-missing';
  return needsParent && edit.kind === 'reparent' ? edit.parentId : edit.layerId;
}

/** The box of the layer, or of its nearest ancestor in the picture. */
export function boxAround(layerId: string | null, design: Design, boxes: ReadonlyMap<string, Box>): Box | null {
  for (let id = layerId; id !== null; id = design.layers[id]?.parentId ?? null) {
    const box = boxes.get(id);
    if (box !== undefined) return box;
  }
  return null;
}

function groupsByEdit({ base, ours, edits }: EditsMerge, rows: readonly EditRow[]): EditGroup[] {
  const byGroup = new Map<string, EditRow[]>();
  for (const row of rows) {
    const key = editGroupKey(row);
    const group = byGroup.get(key);
    if (group === undefined) byGroup.set(key, [row]);
    else group.push(row);
  }
  // also those that the merge adds: in copies of earlier runs, and what the source took back
  const known = new Set(edits.map(({ editId }) => editId));
  const added = new Map(rows.map(({ merged: { edit } }) => [edit.editId, edit]));
  const all = [...edits, ...[...added.values()].filter(({ editId }) => !known.has(editId))];
  return ROW_KINDS.flatMap((kind) =>
    all.flatMap((edit): EditGroup[] => {
      const key = `${kind} ${edit.editId}`;
      const members = byGroup.get(key);
      if (members === undefined) return [];
      return [{ key, kind, title: describeEdit(edit, base, ours).label, edit, target: null, rows: members }];
    }),
  );
}

/** The key of a row's group by edit. */
export function editGroupKey({ kind, merged }: EditRow): string {
  return `${kind} ${merged.edit.editId}`;
}

/** The key of a target's group by frame. */
export function frameGroupKey({ frame }: EditsTarget): string {
  return `frame ${frame.nodeId}`;
}

function frameGroup(target: EditsTarget, rows: readonly EditRow[]): EditGroup {
  const sorted = ROW_KINDS.flatMap((kind) => rows.filter((row) => row.kind === kind));
  return { key: frameGroupKey(target), kind: 'frame', title: target.frame.name, edit: null, target, rows: sorted };
}

function hasRows({ rows }: EditGroup): boolean {
  return rows.length > 0;
}

function alreadySoIn(targets: readonly EditsTarget[]): AlreadySo {
  const counts = targets.map(({ merged }) => merged.filter(({ outcome }) => outcome.kind === 'already-so').length);
  return { edits: counts.reduce((sum, each) => sum + each, 0), frames: counts.filter((each) => each > 0).length };
}

/** Why an edit cannot be written to this layer, as a sentence. */
export function obstacleSentence(obstacle: Obstacle): string {
  switch (obstacle.code) {
    case 'main-component':
      return obstacle.component === null
        ? 'An instance can’t override this. Edit its main component.'
        : `An instance can’t override this. Edit the main component “${obstacle.component.name}”.`;
    case 'unsupported':
      return obstacle.property === 'children'
        ? 'The matching layer can’t hold other layers. Add it by hand.'
        : 'The matching layer is of another type and doesn’t have this property.';
    case 'auto-layout':
      return 'Auto layout or its contents decide this here.';
    case 'parent-missing':
      return 'The layer to put it in has no match in this frame.';
  }
}
