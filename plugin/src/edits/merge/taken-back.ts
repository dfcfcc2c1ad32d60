import type { DesignLayer, Value } from '../../shared/design.js';
import type { AppliedRecord } from '../../shared/operation.js';
import { fieldProperty, PARTS, STYLED } from '../diff/derived.js';
import type { Edit } from '../edit.js';
import { fingerprint, isRecord, sameValue, valueOfFingerprint } from '../fingerprint.js';
import type { MergedEdit, MergeInput } from '../merged-edit.js';
import { mixedProperties, runsOf } from '../runs.js';
import { positionOf, sizeOf } from '../tree.js';
import { recordForm } from './record-form.js';

/** What a record is of, besides properties. Structure is not followed: what is gone from the source has no value. */
const STRUCTURE: ReadonlySet<string> = new Set(['add', 'remove', 'reorder', 'reparent']);

/**
 * Edits that an earlier run wrote to the target, and that the source has no more: it is as in base again, while the
 * target has what was written. `before` is the source's value of then.
 */
export function takenBackEdits(input: MergeInput): Edit[] {
  return input.applied.flatMap((record) => {
    const [before, after] = [input.base.layers[record.sourceLayerId], input.ours.layers[record.sourceLayerId]];
    const theirs = input.theirs.layers[record.layerId];
    if (before === undefined || after === undefined || theirs === undefined || STRUCTURE.has(record.what)) return [];
    const [was, now, there] = [before, after, theirs].map((layer) => valueIn(layer, record.what));
    const isBack = sameValue(was, now) && recorded(record.what, now ?? null) !== record.source;
    const isAsWritten = recorded(record.what, there ?? null) === record.written;
    if (!isBack || !isAsWritten || input.edits.some((edit) => speaksFor(edit, record))) return [];
    return editsOf(record, after, theirs);
  });
}

/** As a change of its own that is off: it would also take back what another version of the source wrote. */
export function asOffered(merged: MergedEdit): MergedEdit[] {
  const { outcome } = merged;
  if (outcome.kind !== 'change' && outcome.kind !== 'conflict') return [];
  const operation = outcome.kind === 'change' ? outcome.operation : (outcome.proposal ?? outcome.ours);
  return [{ ...merged, isTakenBack: true, outcome: { kind: 'change', operation, include: 'never' } }];
}

function valueIn(layer: DesignLayer, what: string): Value {
  if (what === 'move') return { ...positionOf(layer) };
  return what === 'resize' ? { ...sizeOf(layer) } : (layer.props[what] ?? null);
}

function recorded(what: string, value: Value): string {
  return fingerprint(recordForm(what, value));
}

/** Whether an edit of the same layer decides about what the record is of. */
function speaksFor(edit: Edit, { sourceLayerId, what }: AppliedRecord): boolean {
  if (edit.layerId !== sourceLayerId) return false;
  const own = edit.kind === 'set' ? edit.property : edit.kind;
  return own === 'remove' || covers(own, what) || covers(what, own);
}

function covers(what: string, other: string): boolean {
  if (what === other) return true;
  if (what === 'runs') return STYLED.textStyleId?.includes(other) === true || other === 'fills' || isTextStyle(other);
  if (what === 'mainComponent') return other.startsWith('component.');
  return [...(STYLED[what] ?? []), ...(PARTS[what] ?? []), fieldProperty(what)].includes(other);
}

function isTextStyle(what: string): boolean {
  return what === 'textStyleId' || what === 'fillStyleId';
}

function editsOf(record: AppliedRecord, after: DesignLayer, theirs: DesignLayer): Edit[] {
  const { what, sourceLayerId: layerId } = record;
  const edit = (property: string) => ({ editId: `taken-back:${property}:${layerId}`, layerId, confidence: 1 });
  const before = sourceOfThen(record, theirs);
  if (what === 'move' || what === 'resize') {
    const numbers = isRecord(before) ? before : {};
    const [x, y, width, height] = [numbers.x, numbers.y, numbers.width, numbers.height].map(Number);
    if (what === 'move') {
      return [{ ...edit(what), kind: 'move', before: { x: x ?? 0, y: y ?? 0 }, after: positionOf(after) }];
    }
    const size = { width: width ?? 0, height: height ?? 0 };
    return [{ ...edit(what), kind: 'resize', before: size, after: sizeOf(after) }];
  }
  const now = after.props[what] ?? null;
  if (now !== null && now !== '') {
    const sets: [string, Value, Value][] = [[what, before, now]];
    // the text that was written may have had fewer runs
    if (what === 'characters' && after.props.runs !== undefined) sets.push(['runs', null, after.props.runs]);
    return sets.map(([property, from, to]) => ({ ...edit(property), kind: 'set', property, before: from, after: to }));
  }
  // without its style, variable or runs the layer has values of its own
  const field = fieldProperty(what);
  const own =
    what === 'runs' ? mixedProperties(runsOf(theirs.props.runs)) : (STYLED[what] ?? (field === null ? [] : [field]));
  return own.flatMap((property): Edit[] => {
    const value = after.props[property];
    return value === undefined ? [] : [{ ...edit(property), kind: 'set', property, before: null, after: value }];
  });
}

/** The source's value when it was transferred; of a long one, that of the target if it was written as it was. */
function sourceOfThen({ what, source, written }: AppliedRecord, theirs: DesignLayer): Value {
  const value = valueOfFingerprint(source);
  if (value !== undefined) return value;
  return source === written ? valueIn(theirs, what) : null;
}
