import type { AcceptedPlacement, ApplySummary, Command, MainToUi, Problem } from '../../shared/messages.js';
import type { PlacedPicture } from '../../shared/pictures.js';
import { messageOf } from '../../shared/text.js';
import type { Fingerprints } from '../canvas/items.js';
import { type FrameLike, findFrame } from '../canvas/nodes.js';
import { Journal } from './journal.js';
import type { Operation, Written } from './operations.js';
import { type Plan, planApply } from './plan-apply.js';
import { planPictures } from './plan-pictures.js';
import { addRelaunchButton, type PlacedRecord, readPlaced, writeLastRun, writePlaced } from './provenance.js';
import { writeAnnotation } from './write-annotation.js';
import { type NoteColumns, writeNote } from './write-note.js';
import { groupMasks, type OverlayCopy, writeOverlay } from './write-overlay.js';
import { writePicture } from './write-picture.js';

export type Applied = Extract<MainToUi, { type: 'applied' | 'apply.failed' }>;

/**
 * Writes the accepted placements as one undo step: first everything asynchronous, then all writes synchronously.
 * If a write throws, all are rolled back.
 * @param fingerprints of the annotations at the time of the export, by item id
 */
export async function applyPlacements(
  command: Command,
  sourceId: string,
  accepted: readonly AcceptedPlacement[],
  fingerprints: Fingerprints,
): Promise<Applied> {
  return applyPlan(command, sourceId, (source) => planApply(source, accepted, fingerprints));
}

/** Places the edits of pictures as one undo step, like placements. */
export async function applyPictures(sourceId: string, pictures: readonly PlacedPicture[]): Promise<Applied> {
  return applyPlan('propagate-pictures', sourceId, (source) => planPictures(source, pictures));
}

async function applyPlan(
  command: Command,
  sourceId: string,
  plan: (source: FrameLike) => Promise<Plan>,
): Promise<Applied> {
  try {
    const source = await findFrame(sourceId);
    if (source === null) return failed('The source frame was deleted.', 'Choose the frames again.');
    return writePlan(command, source, await plan(source));
  } catch (error) {
    return failed(
      `Nothing was changed: ${messageOf(error)}.`,
      'Try again. If it fails again, apply fewer items at once.',
    );
  }
}

function writePlan(command: Command, source: FrameLike, plan: Plan): Applied {
  const summary: ApplySummary = { created: 0, updated: 0, notes: 0, skipped: [...plan.skipped] };
  if (plan.operations.length === 0) return { type: 'applied', summary };
  figma.commitUndo();
  const journal = new Journal();
  try {
    const results = writeOperations(plan.operations, journal);
    for (const { operation, written } of results) addToSummary(summary, operation, written);
    recordResults(results, journal);
    storeRun(command, source, plan.operations, journal);
    journal.finish();
  } catch (error) {
    if (journal.rollBack()) {
      return failed(
        `Figma rejected a change, and all changes were undone: ${messageOf(error)}.`,
        'Check that nobody has locked the target frames, then apply again.',
      );
    }
    figma.commitUndo();
    return failed(
      `Figma rejected a change, and some changes could not be undone: ${messageOf(error)}.`,
      'Undo once in Figma, then apply again.',
    );
  }
  figma.commitUndo();
  return { type: 'applied', summary };
}

interface Result {
  operation: Operation;
  written: Written;
}

function writeOperations(operations: readonly Operation[], journal: Journal): Result[] {
  const columns: NoteColumns = new Map();
  const overlays: OverlayCopy[] = [];
  const results = operations.map((operation): Result => {
    if (operation.kind === 'annotate') return { operation, written: writeAnnotation(operation, journal) };
    if (operation.kind === 'picture') return { operation, written: writePicture(operation, journal) };
    if (operation.kind === 'note') return { operation, written: writeNote(operation, journal, columns) };
    const { copy, ...written } = writeOverlay(operation, journal);
    overlays.push({ operation, copy });
    return { operation, written };
  });
  groupMasks(overlays, journal);
  return results;
}

function addToSummary(summary: ApplySummary, operation: Operation, written: Written): void {
  if (written.outcome === 'skipped') {
    summary.skipped.push({ targetId: operation.target.id, itemId: operation.itemId, reason: written.reason });
    return;
  }
  if (written.outcome === 'created' && operation.kind === 'note') summary.notes += 1;
  else summary[written.outcome] += 1;
}

/** Updates the records of each target. */
function recordResults(results: readonly Result[], journal: Journal): void {
  for (const target of targetsOf(results.map(({ operation }) => operation))) {
    const own = results.filter(({ operation }) => operation.target.id === target.id);
    const replaced = new Set(own.map(({ operation }) => keyOf(operation)));
    const kept = readPlaced(target).filter((record) => !replaced.has(keyOf(record)));
    const added = own.map(({ written }) => written.record).filter((record): record is PlacedRecord => record !== null);
    writePlaced(target, [...kept, ...added], journal);
  }
}

/** Stores the run on its frames and page, and adds relaunch buttons to the frames. */
function storeRun(command: Command, source: FrameLike, operations: readonly Operation[], journal: Journal): void {
  const targets = targetsOf(operations);
  const run = { sourceId: source.id, targetIds: targets.map(({ id }) => id) };
  for (const holder of [source, ...targets]) {
    writeLastRun(holder, run, journal);
    addRelaunchButton(holder, command, journal);
  }
  writeLastRun(figma.currentPage, run, journal);
}

function targetsOf(operations: readonly Operation[]): FrameLike[] {
  return [...new Map(operations.map(({ target }) => [target.id, target])).values()];
}

function keyOf({ sourceId, itemId }: { sourceId: string; itemId: string }): string {
  return JSON.stringify([sourceId, itemId]);
}

function failed(message: string, hint: string): Applied {
  const problem: Problem = { message, hint };
  return { type: 'apply.failed', problem };
}
