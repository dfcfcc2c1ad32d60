import type { ComparisonToMain } from '../../shared/comparison.js';
import type {
  AcceptedPlacement,
  ApplySummary,
  Command,
  MainToUi,
  Problem,
  RequestedNote,
} from '../../shared/messages.js';
import type { PlacedPicture } from '../../shared/pictures.js';
import { count, messageOf } from '../../shared/text.js';
import type { TrackToMain } from '../../shared/tracking.js';
import type { Fingerprints } from '../canvas/items.js';
import { ancestors, type FrameLike, findFrame, mainComponentOf } from '../canvas/nodes.js';
import { Journal } from './journal.js';
import type { Operation, Plan, Written } from './operations.js';
import { planApply } from './plan-apply.js';
import { isComparison, planComparison } from './plan-comparison.js';
import { planNotes } from './plan-notes.js';
import { planPictures } from './plan-pictures.js';
import { planTrack } from './plan-track.js';
import { EarlierRuns } from './previous.js';
import { addRelaunchButton, type PlacedRecord, writeLastRun, writePlaced } from './provenance.js';
import { writeAnnotation } from './write-annotation.js';
import { writeMeasurement } from './write-measurement.js';
import { type NoteColumns, writeNote } from './write-note.js';
import { groupMasks, type OverlayCopy, writeOverlay } from './write-overlay.js';
import { writePicture } from './write-picture.js';
import { writeMark } from './write-track.js';

export type Applied = Extract<MainToUi, { type: 'applied' | 'apply.failed' }>;

/** The placements to write. */
export interface PlacementsRequest {
  command: Command;
  sourceId: string;
  accepted: readonly AcceptedPlacement[];
  /** Targets in main components that take layers; the others keep theirs as they are. */
  intoComponents?: readonly string[];
}

/**
 * Writes the accepted placements as one undo step: first everything asynchronous, then all writes synchronously.
 * If a write throws, all are rolled back.
 * @param fingerprints of the annotations at the time of the export, by item id
 */
export async function applyPlacements(request: PlacementsRequest, fingerprints: Fingerprints): Promise<Applied> {
  const { command, sourceId, accepted, intoComponents = [] } = request;
  return applyPlan(command, sourceId, (source, earlier) =>
    planApply(source, accepted, { fingerprints, earlier, intoComponents: new Set(intoComponents) }),
  );
}

/** Places the edits of pictures as one undo step, like placements. */
export async function applyPictures(sourceId: string, pictures: readonly PlacedPicture[]): Promise<Applied> {
  return applyPlan('propagate-pictures', sourceId, (source, earlier) => planPictures(source, pictures, earlier));
}

/** Places the picture of a comparison beside the frames, as one undo step. */
export async function applyComparison(request: ComparisonToMain): Promise<Applied> {
  return applyPlan('align-compare', request.sourceId, (source, earlier) => planComparison(source, request, earlier));
}

/**
 * Puts notes beside frames, each with a pin at its place, as one undo step. A note of an earlier run with the same source
 * and item is moved.
 */
export async function applyNotes(
  command: Command,
  sourceId: string,
  notes: readonly RequestedNote[],
): Promise<Applied> {
  return applyPlan(command, sourceId, (source, earlier) => planNotes(source, notes, earlier));
}

/** Places tracked regions as one undo step, like placements. */
export async function applyTrack(request: TrackToMain): Promise<Applied> {
  return applyPlan('track-frames', request.sourceId, (source, earlier) => planTrack(source, request, earlier));
}

type Planner = (source: FrameLike, earlier: EarlierRuns) => Promise<Plan>;

async function applyPlan(command: Command, sourceId: string, plan: Planner): Promise<Applied> {
  try {
    const source = await findFrame(sourceId);
    if (source === null) return failed('The source frame was deleted.', 'Choose the frames again.');
    const earlier = new EarlierRuns();
    const planned = await plan(source, earlier);
    const kept = new Map<string, PlacedRecord[]>();
    for (const target of targetsOf(planned.operations)) {
      kept.set(
        target.id,
        (await earlier.on(target)).map(({ record }) => record),
      );
    }
    return writePlan({ command, source, kept }, planned);
  } catch (error) {
    return failed(`Nothing was changed: ${messageOf(error)}.`, RETRY);
  }
}

const RETRY = 'Try again. If it fails again, apply fewer items at once.';

interface RunOf {
  command: Command;
  source: FrameLike;
  /** What earlier runs placed and is still there, by target. */
  kept: ReadonlyMap<string, readonly PlacedRecord[]>;
}

function writePlan(run: RunOf, plan: Plan): Applied {
  const summary: ApplySummary = { created: 0, updated: 0, notes: 0, skipped: [...plan.skipped] };
  if (plan.operations.length === 0) return { type: 'applied', summary };
  figma.commitUndo();
  const journal = new Journal();
  try {
    const results = writeOperations(plan.operations, journal);
    for (const { operation, written } of results) addToSummary(summary, operation, written);
    const notices = [...componentNotices(results), ...recordResults(run, results, journal)];
    if (notices.length > 0) summary.notices = notices;
    const made = results.flatMap(({ written: { record } }) => nodeIdsOf(record));
    if (made.length > 0) summary.made = [...new Set(made)];
    // a note about a point is no run to repeat
    if (run.command !== 'inspect-point') storeRun(run, plan, journal);
    journal.finish();
  } catch (error) {
    const reason = messageOf(error);
    if (journal.rollBack()) return failed(`Figma rejected a change, and all changes were undone: ${reason}.`, RETRY);
    figma.commitUndo();
    return failed(
      `Figma rejected a change, and some changes could not be undone: ${reason}.`,
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
    if (operation.kind === 'measure') return { operation, written: writeMeasurement(operation, journal) };
    if (operation.kind === 'picture') return { operation, written: writePicture(operation, journal) };
    if (operation.kind === 'mark') return { operation, written: writeMark(operation, journal) };
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

function nodeIdsOf(record: PlacedRecord | null): string[] {
  if (record === null) return [];
  return record.kind === 'note' ? [record.nodeId, record.pinId] : [record.nodeId];
}

/** Updates the records of each target. Returns sentences about what did not fit. */
function recordResults({ kept }: RunOf, results: readonly Result[], journal: Journal): string[] {
  return targetsOf(results.map(({ operation }) => operation)).flatMap((target) => {
    const own = results.filter(({ operation }) => operation.target.id === target.id);
    const replaced = new Set(own.map(({ operation }) => keyOf(operation)));
    const others = (kept.get(target.id) ?? []).filter((record) => !replaced.has(keyOf(record)));
    const added = own.map(({ written }) => written.record).filter((record): record is PlacedRecord => record !== null);
    return forgottenNotice(target, writePlaced(target, [...others, ...added], journal));
  });
}

/** What is said about records that did not fit into the plugin data of a target. */
function forgottenNotice({ name }: FrameLike, dropped: number): string[] {
  if (dropped === 0) return [];
  return [
    `“${name}” has too many transferred items to keep track of: the ${count(dropped, 'oldest one is', 'oldest are')} not updated or removed any more.`,
  ];
}

/** What is said about layers in main components, or beside them. */
function componentNotices(results: readonly Result[]): string[] {
  const [within, beside] = [new Set<string>(), new Set<string>()];
  for (const { operation, written } of results) {
    const component = mainComponentOf(operation.target);
    if (component === null || isComparison(operation) || written.outcome === 'skipped' || !('parent' in operation))
      continue;
    const isWithin = [operation.parent, ...ancestors(operation.parent)].some(({ id }) => id === component.id);
    (isWithin ? within : beside).add(`“${component.name}”`);
  }
  return [
    ...[...within].map((name) => `All instances of ${name} changed with it.`),
    ...[...beside].map(
      (name) => `${name} is a main component: layers lie on top of it, so that its instances stay as they are.`,
    ),
  ];
}

/** Stores the run on its frames and their pages, and adds relaunch buttons to the frames. */
function storeRun({ command, source }: RunOf, { operations, tracking }: Plan, journal: Journal): void {
  const targets = targetsOf(operations);
  const targetIds = targets.map(({ id }) => id);
  const run = { sourceId: source.id, targetIds, ...(tracking === undefined ? {} : { tracking }) };
  for (const holder of [source, ...targets]) addRelaunchButton(holder, command, journal);
  // a comparison transfers nothing that could be repeated; its records name the frames
  if (command !== 'align-compare') writeLastRun([source, ...targets], run, journal);
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
