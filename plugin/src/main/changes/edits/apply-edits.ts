import type { AcceptedOperations, Command, EditsSummary, MainToUi } from '../../../shared/messages.js';
import type { AppliedRecord } from '../../../shared/operation.js';
import { count, messageOf } from '../../../shared/text.js';
import { type FrameLike, findFrame } from '../../canvas/nodes.js';
import { NAMESPACE } from '../../canvas/plugin-data.js';
import { Journal } from '../journal.js';
import { addRelaunchButton, writeLastRun } from '../provenance.js';
import { addAppliedRecords } from './edit-records.js';
import { type PlannedTarget, planTarget } from './plan-edits.js';
import { type ReadyWrite, TargetRun } from './ready-write.js';
import { rejectionOf } from './rejections.js';

export type EditsApplied = Extract<MainToUi, { type: 'edits.applied' | 'apply.failed' }>;

/** What a run of edits is of. */
export interface EditsRequest {
  command: Command;
  sourceId: string;
  /** The second version of the source. */
  afterId?: string;
  targets: readonly AcceptedOperations[];
}

/**
 * Writes operations to their targets as one undo step: first everything that waits, then all synchronous writes, then
 * styles, which have asynchronous setters only. If Figma rejects a write, all are undone.
 * Operations whose layer has changed since the preview are left out with a reason.
 */
export async function applyEdits(request: EditsRequest): Promise<EditsApplied> {
  const summary: EditsSummary = { written: 0, targets: 0, skipped: [] };
  const planned: PlannedTarget[] = [];
  try {
    for (const { targetId, operations } of request.targets) {
      const target = await findFrame(targetId);
      if (target !== null) planned.push(await planTarget(target, operations));
      else for (const { editId } of operations) summary.skipped.push({ targetId, editId, reason: TARGET_DELETED });
    }
  } catch (error) {
    return failed(
      `Nothing was changed: ${messageOf(error)}.`,
      'Try again. If it fails again, apply fewer edits at once.',
    );
  }
  for (const { target, skipped } of planned) addSkipped(summary, target, skipped);
  const source = await findFrame(request.sourceId);
  // a target can be deleted while others are prepared
  const writable = planned.filter(({ target, writes }) => writes.length > 0 && !target.removed);
  for (const { target, writes } of planned) {
    if (!target.removed) continue;
    const deleted = writes.map(({ operation }) => ({ editId: operation.editId, reason: TARGET_DELETED }));
    addSkipped(summary, target, deleted);
  }
  return writable.length === 0 ? { type: 'edits.applied', summary } : writeAll(request, source, writable, summary);
}

const TARGET_DELETED = 'The frame was deleted after the preview.';

async function writeAll(
  request: EditsRequest,
  source: FrameLike | null,
  planned: readonly PlannedTarget[],
  summary: EditsSummary,
): Promise<EditsApplied> {
  figma.commitUndo();
  const [first] = planned;
  const later: (() => Promise<void>)[] = [];
  let hasWritten = false;
  try {
    // a first change that is certain, so that an undo never reaches back to before this run
    first?.target.setSharedPluginData(NAMESPACE, UNFINISHED, 'true');
    hasWritten = true;
    const changed = planned.filter((one) => writeTarget(one, summary, later));
    storeRun(
      request,
      source,
      changed.map(({ target }) => target),
    );
    for (const write of later) await write();
    first?.target.setSharedPluginData(NAMESPACE, UNFINISHED, '');
  } catch (error) {
    if (hasWritten) figma.triggerUndo();
    const { problem } = failed(
      `Figma rejected a change, and all changes were undone: ${messageOf(error)}.`,
      'Turn that edit off and apply again.',
    );
    const { edit } = error instanceof RejectedWrite ? error : {};
    return { type: 'apply.failed', problem, ...(edit === undefined ? {} : { edit }) };
  }
  figma.commitUndo();
  return { type: 'edits.applied', summary };
}

const UNFINISHED = 'unfinished';

/** Returns whether anything was written. */
function writeTarget(
  { target, writes, earlier }: PlannedTarget,
  summary: EditsSummary,
  later: (() => Promise<void>)[],
): boolean {
  const run = new TargetRun();
  const records: AppliedRecord[] = [];
  const lastPlace = writes.reduce(
    (last, { operation }, index) => (PLACES.has(operation.write.kind) ? index : last),
    -1,
  );
  const skipped: PlannedTarget['skipped'] = [];
  writes.forEach((ready, index) => {
    const reason = reasonNotToWrite(target, ready);
    if (reason !== null) skipped.push({ editId: ready.operation.editId, reason });
    else records.push(writeOne(target, ready, run));
    if (index === lastPlace) run.removeLeaving();
  });
  addSkipped(summary, target, skipped);
  if (records.length === 0) return false;
  const dropped = addAppliedRecords(target, earlier, records);
  if (dropped > 0) summary.notices = [...(summary.notices ?? []), forgottenNotice(target, dropped)];
  later.push(...run.later);
  summary.written += records.length;
  summary.targets += 1;
  const changed = records.flatMap(({ what, layerId }) => (what === 'remove' ? [] : [layerId]));
  summary.made = [...new Set([...(summary.made ?? []), ...changed])];
  return true;
}

/** What is said about records that did not fit into the plugin data of a target. */
function forgottenNotice({ name }: FrameLike, dropped: number): string {
  const oldest = count(dropped, 'oldest one is', 'oldest are');
  return `“${name}” has too many edits to keep track of: the ${oldest} merged as changes by hand from now on.`;
}

/** Groups go with their last layer, also those that earlier writes emptied. */
function reasonNotToWrite(target: FrameLike, { operation, node, parent }: ReadyWrite): string | null {
  if (node.removed) return 'The layer was deleted.';
  if (parent !== undefined && 'node' in parent && parent.node.removed) {
    return `“${node.name}” belongs in a group that other edits emptied. Apply the edits in two runs.`;
  }
  if (operation.write.kind !== 'remove' || !isAllOf(target, node)) return rejectionOf(node, operation.write);
  return `“${node.name}” is all that is left in the group “${target.name}”. Delete the group by hand.`;
}

/** Whether the target is a group that goes when the node is removed. */
function isAllOf(target: FrameLike, node: SceneNode): boolean {
  let parent = node.parent;
  while (parent?.type === 'GROUP' && parent.children.length === 1 && parent.id !== target.id) parent = parent.parent;
  return parent?.type === 'GROUP' && parent.children.length === 1;
}

const PLACES: ReadonlySet<string> = new Set(['add', 'reorder', 'reparent']);

/** A write that Figma rejected, with its edit. */
class RejectedWrite extends Error {
  readonly edit: { targetId: string; editId: string; reason: string };

  constructor(target: FrameLike, { operation, node }: ReadyWrite, error: unknown) {
    const reason = messageOf(error);
    super(`“${node.name}”: ${reason}`);
    this.edit = { targetId: target.id, editId: operation.editId, reason };
  }
}

/** Writes, and returns the record. */
function writeOne(target: FrameLike, ready: ReadyWrite, run: TargetRun): AppliedRecord {
  const { operation } = ready;
  const before = run.later.length;
  try {
    ready.write(run);
  } catch (error) {
    throw new RejectedWrite(target, ready, error);
  }
  const later = run.later.splice(before);
  run.later.push(
    ...later.map(
      (write) => () => write().catch((error: unknown) => Promise.reject(new RejectedWrite(target, ready, error))),
    ),
  );
  const copy = operation.write.kind === 'add' ? run.copies.get(operation.write.sourceLayerId) : undefined;
  return copy === undefined ? operation.record : { ...operation.record, layerId: copy.id };
}

/** Stores the run on its frames and page, and adds relaunch buttons. */
function storeRun({ command, afterId }: EditsRequest, source: FrameLike | null, targets: readonly FrameLike[]): void {
  if (source === null) return;
  const versions = { sourceId: source.id, ...(afterId === undefined ? {} : { afterId }) };
  const run = { ...versions, targetIds: targets.map(({ id }) => id) };
  // an undo takes back all of it, so nothing is kept here
  const journal = new Journal();
  for (const holder of [source, ...targets]) addRelaunchButton(holder, command, journal);
  writeLastRun([source, ...targets], run, journal);
}

function addSkipped(summary: EditsSummary, target: FrameLike, skipped: PlannedTarget['skipped']): void {
  for (const { editId, reason } of skipped) summary.skipped.push({ targetId: target.id, editId, reason });
}

function failed(message: string, hint: string): Extract<EditsApplied, { type: 'apply.failed' }> {
  return { type: 'apply.failed', problem: { message, hint } };
}
