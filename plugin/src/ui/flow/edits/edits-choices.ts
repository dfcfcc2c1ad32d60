import { inWriteOrder } from '../../../edits/write-order.js';
import type { AcceptedOperations } from '../../../shared/messages.js';
import type { Operation } from '../../../shared/operation.js';
import { CONFIDENCE } from '../preview/confidence.js';
import type { PreviewFilter } from '../preview/preview-state.js';
import { type Choice, type EditGroup, type EditRow, type EditsMerge, editRows, operationsOf } from './edits-rows.js';

/** What decides about the rows. */
export interface Choices {
  /** Changes from this confidence on are included. */
  threshold: number;
  /** What the designer chose, by row. The threshold does not change it. */
  choices: ReadonlyMap<string, Choice>;
}

/** What Apply does with a row. A copy into a parent that is not made is off. */
export function choiceOf(merge: EditsMerge, choices: Choices, row: EditRow): Choice {
  const choice = choices.choices.get(row.key) ?? defaultChoice(row, choices.threshold);
  if (choice === 'off' || operationFor(row, choice) === null) return 'off';
  const parent = row.needs === null ? undefined : editRows(merge).byKey.get(row.needs);
  return parent !== undefined && choiceOf(merge, choices, parent) === 'off' ? 'off' : choice;
}

function defaultChoice({ merged: { confidence, outcome } }: EditRow, threshold: number): Choice {
  if (outcome.kind !== 'change' || outcome.include === 'never') return 'off';
  const least = outcome.include === 'sure' ? Math.max(threshold, CONFIDENCE.high) : threshold;
  return confidence >= least ? 'ours' : 'off';
}

function operationFor(row: EditRow, choice: Choice): Operation | null {
  return choice === 'off' ? null : operationsOf(row.merged)[choice];
}

/** Whether a group is on, off or partly on. Conflicts in a group by frame are decided one by one. */
export function groupChoice(merge: EditsMerge, choices: Choices, group: EditGroup): boolean | 'mixed' {
  const rows = switchedRows(group);
  const on = rows.filter((row) => choiceOf(merge, choices, row) !== 'off').length;
  return on === 0 ? false : on === rows.length ? true : 'mixed';
}

/** The rows that the checkbox of a group switches. */
export function switchedRows({ kind, rows }: EditGroup): readonly EditRow[] {
  return kind === 'frame' ? rows.filter((row) => row.kind === 'change') : rows;
}

/** Whether "All" switches the row on: a change, but no removal of something of the target's own, and no new name. */
export function canBeOnWithAll({ merged: { outcome } }: EditRow): boolean {
  return outcome.kind === 'change' && outcome.include !== 'never';
}

/** The number of operations that Apply writes. */
export function includedCount(merge: EditsMerge, choices: Choices): number {
  let amount = 0;
  for (const row of editRows(merge).byKey.values()) if (choiceOf(merge, choices, row) !== 'off') amount += 1;
  return amount;
}

/** The chosen operations by target, in the order in which they can be written. */
export function acceptedOperations(merge: EditsMerge, choices: Choices): AcceptedOperations[] {
  return editRows(merge).byFrame.flatMap(({ target, rows }) => {
    const operations = rows.flatMap((row) => operationFor(row, choiceOf(merge, choices, row)) ?? []);
    if (target === null || operations.length === 0) return [];
    return [{ targetId: target.frame.nodeId, operations: inWriteOrder(operations) }];
  });
}

/** Whether a row is shown. Doubtful is a change whose counterpart is not sure. */
export function passesFilter({ kind, merged }: EditRow, filter: PreviewFilter): boolean {
  switch (filter) {
    case 'all':
      return true;
    case 'doubtful':
      return kind === 'change' && merged.confidence < CONFIDENCE.high;
    case 'conflicts':
      return kind === 'conflict' || kind === 'kept';
    case 'missing':
      return kind === 'missing';
  }
}
