import type { AcceptedPlacement, ApplySummary, Command, MainToUi, Problem } from '../../shared/messages.js';
import { findScreen, type ScreenNode } from '../canvas/nodes.js';
import { Journal } from './journal.js';
import type { Operation, Written } from './operations.js';
import { type Plan, planApply } from './plan-apply.js';
import { offerRelaunch, type PlacedRecord, readPlaced, rememberRun, writePlaced } from './provenance.js';
import { writeAnnotation } from './write-annotation.js';
import { type NoteColumns, writeNote } from './write-note.js';
import { groupMasks, type OverlayCopy, writeOverlay } from './write-overlay.js';

export type Applied = Extract<MainToUi, { type: 'applied' | 'apply.failed' }>;

/**
 * Writes the accepted placements as one step of undo: everything that waits comes first, then the writes
 * without a pause. If one of them throws, all are taken back.
 * @param shown what each annotation said when it was exported, by item
 */
export async function applyPlacements(
  command: Command,
  sourceId: string,
  accepted: readonly AcceptedPlacement[],
  shown: ReadonlyMap<string, string>,
): Promise<Applied> {
  try {
    const source = await findScreen(sourceId);
    if (source === null) return failed('The source frame is no longer in this file.', 'Choose the frames again.');
    return writePlan(command, source, await planApply(source, accepted, shown));
  } catch (error) {
    return failed(
      `Nothing was changed: ${words(error)}.`,
      'Try again; if it happens again, apply fewer items at once.',
    );
  }
}

function writePlan(command: Command, source: ScreenNode, plan: Plan): Applied {
  const summary: ApplySummary = { created: 0, updated: 0, notes: 0, skipped: [...plan.skipped] };
  if (plan.operations.length === 0) return { type: 'applied', summary };
  figma.commitUndo();
  const journal = new Journal();
  try {
    const results = writeOperations(plan.operations, journal);
    for (const { operation, written } of results) count(summary, operation, written);
    recordResults(results, journal);
    rememberEverywhere(command, source, plan.operations, journal);
    journal.finish();
  } catch (error) {
    if (journal.rollBack()) {
      return failed(
        `Figma refused a change, so everything was put back: ${words(error)}.`,
        'Check that the targets are not locked by somebody else, then apply again.',
      );
    }
    figma.commitUndo();
    return failed(
      `Figma refused a change, and not everything could be put back: ${words(error)}.`,
      'Press Undo in Figma once to take back what was written, then apply again.',
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
    if (operation.kind === 'note') return { operation, written: writeNote(operation, journal, columns) };
    const { copy, ...written } = writeOverlay(operation, journal);
    overlays.push({ operation, copy });
    return { operation, written };
  });
  groupMasks(overlays, journal);
  return results;
}

function count(summary: ApplySummary, operation: Operation, written: Written): void {
  if (written.outcome === 'skipped') {
    summary.skipped.push({ targetId: operation.target.id, itemId: operation.itemId, reason: written.reason });
    return;
  }
  if (written.outcome === 'created' && operation.kind === 'note') summary.notes += 1;
  else summary[written.outcome] += 1;
}

/** Writes on every target what of ours it now holds. */
function recordResults(results: readonly Result[], journal: Journal): void {
  for (const target of targetsOf(results.map(({ operation }) => operation))) {
    const own = results.filter(({ operation }) => operation.target.id === target.id);
    const replaced = new Set(own.map(({ operation }) => keyOf(operation)));
    const kept = readPlaced(target).filter((record) => !replaced.has(keyOf(record)));
    const fresh = own.map(({ written }) => written.record).filter((record): record is PlacedRecord => record !== null);
    writePlaced(target, [...kept, ...fresh], journal);
  }
}

function rememberEverywhere(
  command: Command,
  source: ScreenNode,
  operations: readonly Operation[],
  journal: Journal,
): void {
  const targets = targetsOf(operations);
  const run = { sourceId: source.id, targetIds: targets.map(({ id }) => id) };
  for (const holder of [source, ...targets]) {
    rememberRun(holder, run, journal);
    offerRelaunch(holder, command, journal);
  }
  rememberRun(figma.currentPage, run, journal);
}

function targetsOf(operations: readonly Operation[]): ScreenNode[] {
  return [...new Map(operations.map(({ target }) => [target.id, target])).values()];
}

function keyOf({ sourceId, itemId }: { sourceId: string; itemId: string }): string {
  return JSON.stringify([sourceId, itemId]);
}

function words(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\.$/, '');
}

function failed(message: string, hint: string): Applied {
  const problem: Problem = { message, hint };
  return { type: 'apply.failed', problem };
}
