import { type Command, type MainToUi, NO_JOB, type UiToMain, type WindowSize } from '../shared/messages.js';
import { editsToast, messageOf, problemToast, removedToast, toastMessage } from '../shared/text.js';
import { findAlike } from './alike-frames.js';
import { exportFrames } from './canvas/export.js';
import { exportPictures } from './canvas/export-pictures.js';
import { reveal } from './canvas/export-space.js';
import { changedFrames } from './canvas/frame-changes.js';
import { forgetFrames, noteChanges, takeChangedFrames } from './canvas/frame-summaries.js';
import type { Fingerprints } from './canvas/items.js';
import { selectLayers, selectMade, showLayer } from './canvas/select.js';
import { readSelection } from './canvas/selection.js';
import { wantThumbnail } from './canvas/thumbnails.js';
import {
  type Applied,
  applyComparison,
  applyNotes,
  applyPictures,
  applyPlacements,
  applyTrack,
} from './changes/apply.js';
import { describeTarget } from './changes/describe-target.js';
import { applyEdits } from './changes/edits/apply-edits.js';
import { placedFrames } from './changes/remove/placed-frames.js';
import { removePlaced } from './changes/remove/remove-placed.js';
import {
  loadPending,
  loadPreferences,
  loadSettings,
  savePending,
  savePreferences,
  saveSettings,
} from './client-storage.js';
import { chooseCommand, currentCommand, isAvailable, isDevMode } from './editor.js';
import { exportEdits } from './export-edits.js';
import { initialPicks, lastTracking } from './initial-picks.js';
import { recordEdits, rememberTransfer } from './record-edits.js';
import { deleteRecording, listRecordings } from './recordings.js';
import { UndoStep } from './undo-step.js';

/** Sizes of the plugin window, in px. The wide one fits on a screen of 1280 × 720. */
const WINDOWS: Record<WindowSize, { width: number; height: number }> = {
  standard: { width: 340, height: 560 },
  wide: { width: 840, height: 580 },
};
/** Commands that compare all properties of layers. */
const READS_DESIGNS: ReadonlySet<Command> = new Set(['transfer-edits', 'transfer-difference', 'align-compare']);
/** Changes closer together than this are sent to the UI once. */
const DEBOUNCE_MS = 60;

const NO_NOTES_HERE = {
  message: 'Dev Mode allows plugins no new layers, and a note is one.',
  hint: 'Switch to Design to place it.',
};

/** Number of the latest export; an older one is cancelled. */
let exportNumber = 0;
/** Annotations at the time of the last export. Apply skips those that changed since. */
let fingerprints: Fingerprints = new Map();
let selectionTimer: number | null = null;
/** Ids of exported frames whose changes the UI hears of. */
let watchedFrames: ReadonlySet<string> = new Set();
let watchedPage: PageNode | null = null;
/** Whether the UI has its session; nothing is sent before. */
let isStarted = false;
/** The last write of the pending job. The window closes after it. */
let saving: Promise<void> = Promise.resolve();

const undoStep = new UndoStep(send);

// Dev Mode leaves them out by default, but edits and annotations are also on hidden layers of instances
figma.skipInvisibleInstanceChildren = false;

if (currentCommand() === 'record-edits') {
  // needs no window: the toast says it all
  void recordAndClose();
} else {
  figma.showUI(__html__, { ...WINDOWS.standard, themeColors: true });
  figma.ui.onmessage = (message: UiToMain) => {
    handle(message).catch((error: unknown) => fail(message, messageOf(error)));
  };
}

async function recordAndClose(): Promise<void> {
  figma.closePlugin(await recordEdits(Date.now()));
}

function send(message: MainToUi): void {
  figma.ui.postMessage(message);
}

/** Answers a message that threw, so that the UI does not wait for its answer. */
function fail({ type }: UiToMain, reason: string): void {
  const problem = { message: `Figma reports an error: ${reason}.`, hint: 'Try again, or reopen the plugin.' };
  switch (type) {
    case 'export.start':
    case 'pictures.export':
      send({ type: 'export.failed', problem });
      break;
    case 'apply':
    case 'notes.apply':
    case 'edits.apply':
    case 'pictures.apply':
    case 'comparison.place':
    case 'track.apply':
      send({ type: 'apply.failed', problem });
      break;
    case 'select':
    case 'layer.show':
      send({ type: 'select.failed', problem });
      break;
    case 'placed.list':
    case 'placed.remove':
      send({ type: 'placed.failed', problem });
      break;
    case 'undo':
      send({ type: 'undo.failed', problem: { ...problem, hint: 'Undo in Figma instead.' } });
      break;
    default:
      figma.notify(problemToast(problem), { error: true });
  }
}

async function handle(message: UiToMain): Promise<void> {
  switch (message.type) {
    case 'ready':
      return start();
    case 'command':
      chooseCommand(message.command);
      return message.command === 'record-edits' ? recordAndClose() : startCommand(message.command);
    case 'settings.save':
      return saveSettings(message.settings);
    case 'preferences.save':
      return savePreferences(message.preferences);
    case 'pending.save':
      saving = savePending(message.pending);
      return saving;
    case 'export.start': {
      exportNumber += 1;
      const number = exportNumber;
      const isCancelled = () => number !== exportNumber;
      watchedFrames = new Set(message.command === 'inspect-point' ? [message.sourceId, ...message.targetIds] : []);
      if (READS_DESIGNS.has(message.command)) return exportEdits(message, send, isCancelled);
      const exported = await exportFrames(message, send, isCancelled, (target) =>
        describeTarget(message.command, message.sourceId, target),
      );
      if (number === exportNumber) fingerprints = exported;
      return;
    }
    case 'pictures.export': {
      exportNumber += 1;
      const number = exportNumber;
      return exportPictures(message, send, () => number !== exportNumber);
    }
    case 'export.cancel':
      exportNumber += 1;
      return;
    case 'thumbnail.want':
      return wantThumbnail(message.nodeId, message.isWanted, send);
    case 'alike.find': {
      const { nodeId } = message;
      return send({ type: 'alike', nodeId, ...(await findAlike(nodeId)) });
    }
    case 'reveal':
      return reveal(message.nodeId, message.box);
    case 'select':
      return send(await selectLayers(message.targets));
    case 'apply':
      await undoStep.prepare([message.sourceId, ...message.accepted.map(({ targetId }) => targetId)]);
      return applied(message.command, await applyPlacements(message, fingerprints));
    case 'notes.apply':
      if (isDevMode()) return send({ type: 'apply.failed', problem: NO_NOTES_HERE });
      await undoStep.prepare([message.sourceId, ...message.notes.map(({ targetId }) => targetId)]);
      return applied(message.command, await applyNotes(message.command, message.sourceId, message.notes));
    case 'edits.apply': {
      await undoStep.prepare([message.sourceId, ...message.targets.map(({ targetId }) => targetId)]);
      const result = await applyEdits(message);
      if (result.type === 'edits.applied' && result.summary.written > 0) undoStep.offer(editsToast(result.summary));
      const isTransferred = result.type === 'edits.applied' && message.command === 'transfer-edits';
      if (isTransferred) await rememberTransfer(message.sourceId);
      return send(result);
    }
    case 'pictures.apply':
      await undoStep.prepare([message.sourceId, ...message.pictures.map(({ targetId }) => targetId)]);
      return applied('propagate-pictures', await applyPictures(message.sourceId, message.pictures));
    case 'layer.show':
      return send(await showLayer(message.frameId, message.layerId, message.box));
    case 'comparison.place':
      await undoStep.prepare([message.sourceId, message.afterId]);
      return applied('align-compare', await applyComparison(message));
    case 'window': {
      const { width, height } = WINDOWS[message.size];
      return figma.ui.resize(width, height);
    }
    case 'placed.list':
      return send({ type: 'placed', scope: message.scope, frames: await placedFrames(message.scope) });
    case 'placed.remove': {
      await undoStep.prepare(message.frameIds);
      const result = await removePlaced(message.frameIds);
      if (result.type === 'placed.removed') undoStep.offer(removedToast(result.summary));
      return send(result);
    }
    case 'track.apply':
      await undoStep.prepare([message.sourceId, ...message.targets.map(({ targetId }) => targetId)]);
      return applied('track-frames', await applyTrack(message));
    case 'recording.delete':
      return deleteRecording(message.nodeId);
    case 'undo':
      return undoStep.undo();
    case 'finish':
      await selectMade(message.nodeIds);
      await saving.catch(() => undefined);
      return figma.closePlugin();
    case 'close':
      await saving.catch(() => undefined);
      return figma.closePlugin();
  }
}

async function start(): Promise<void> {
  // summaries are kept until a change, so that changes are heard before the first one is read
  figma.on('selectionchange', () => {
    undoStep.noteSelection();
    sendSelectionSoon();
  });
  figma.on('stylechange', ({ styleChanges }) => undoStep.noteStyleChanges(styleChanges));
  figma.on('currentpagechange', watchPage);
  watchPage();
  const command = currentCommand();
  if (command === null || !isAvailable(command)) return send({ type: 'home', editor: isDevMode() ? 'dev' : 'figma' });
  return startCommand(command);
}

async function startCommand(command: Command): Promise<void> {
  const stored = await loadPending(command);
  const pending = stored?.jobId === NO_JOB ? null : stored;
  if (stored !== null && pending === null) await savePending(null);
  const recordings = await listRecordings();
  const [settings, picks] = [await loadSettings(), await initialPicks(command, stored, recordings)];
  const preferences = await loadPreferences();
  const resumed = picks.source === null ? null : pending;
  const tracking = stored?.tracking ?? (await lastTracking(command));
  send({
    type: 'session',
    command,
    settings,
    preferences,
    picks,
    pending: resumed,
    recordings,
    ...(tracking === null ? {} : { tracking }),
  });
  isStarted = true;
  sendSelection();
}

function applied(command: Command, result: Applied): void {
  send(result);
  if (result.type === 'apply.failed') return;
  const { created, updated, notes } = result.summary;
  if (created + updated + notes > 0) undoStep.offer(toastMessage(command, result.summary));
}

function onNodeChange({ nodeChanges }: NodeChangeEvent): void {
  if (watchedFrames.size > 0 && !undoStep.isPending) {
    const changed = changedFrames(nodeChanges, watchedFrames);
    if (changed.frameIds.length + changed.deletedIds.length > 0) send({ type: 'export.outdated', ...changed });
  }
  noteChanges(nodeChanges);
  sendSelectionSoon();
}

/** Listens to changes of the current page only. */
function watchPage(): void {
  if (watchedPage !== null) {
    watchedPage.off('nodechange', onNodeChange);
    forgetFrames();
  }
  watchedPage = figma.currentPage;
  watchedPage.on('nodechange', onNodeChange);
  undoStep.watch(watchedPage);
  sendSelectionSoon();
}

function sendSelectionSoon(): void {
  if (!isStarted) return;
  if (selectionTimer !== null) clearTimeout(selectionTimer);
  selectionTimer = setTimeout(sendSelection, DEBOUNCE_MS);
}

function sendSelection(): void {
  selectionTimer = null;
  send({ type: 'selection', selection: readSelection() });
  takeChangedFrames().then(
    (frames) => frames.length > 0 && send({ type: 'frames.changed', frames }),
    () => undefined,
  );
}
