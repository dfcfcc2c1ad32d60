import type { Value } from '../../shared/design.js';
import type { AppliedRecord, Operation, Write } from '../../shared/operation.js';
import type { Change, Edit } from '../edit.js';
import { fingerprint } from '../fingerprint.js';
import type { MergedEdit, Obstacle, Outcome } from '../merged-edit.js';
import type { Match } from './context.js';

/** What a record calls the change. */
export function whatOf(change: Change): string {
  return change.kind === 'set' ? change.property : change.kind;
}

export function operationOf(edit: Edit, write: Write, source: Value, written: Value, layerId: string): Operation {
  const record: AppliedRecord = {
    sourceLayerId: edit.layerId,
    what: whatOf(edit),
    layerId,
    source: fingerprint(source),
    written: fingerprint(written),
  };
  return { editId: edit.editId, write, record };
}

export function mergedEdit(edit: Edit, match: Match | null, outcome: Outcome, ...others: number[]): MergedEdit {
  const confidence = match === null ? 0 : Math.min(edit.confidence, match.confidence, ...others);
  return { edit, layerId: match?.layer.id ?? null, confidence, outcome };
}

export function blocked(obstacle: Obstacle): Outcome {
  return { kind: 'blocked', obstacle };
}
