import type { Command, MainToUi, UiToMain } from '../shared/messages.js';
import { exportChoice } from './canvas/export-frame.js';
import { initialPicks } from './canvas/picks.js';
import { reveal } from './canvas/reveal.js';
import { readSelection } from './canvas/selection.js';
import { applyPlacements } from './changes/apply.js';
import { loadPending, loadSettings, savePending, saveSettings } from './settings.js';
import { SELECTION, WINDOW } from './tables.js';
import { summaryLine } from './words.js';

const command: Command = figma.command === 'transfer-layers' ? 'transfer-layers' : 'transfer-annotations';
let exportRun = 0;
/** `changed`: the document moved on since Apply, so that the last step is not ours any more. */
let undoState: 'possible' | 'changed' | 'done' = 'done';
/** Figma tells of our own writes a moment after them; what changes later was changed by somebody. */
let isSettling = false;
/** What the annotations of the last export said, by item: what is applied has to be what was shown. */
let shown: ReadonlyMap<string, string> = new Map();
let quiet: number | null = null;
let watchedPage: PageNode | null = null;

const CHANGED_SINCE = {
  message: 'The file was changed since, so Undo would take back something else.',
  hint: 'Press Undo in Figma until the transfer is gone.',
};

figma.showUI(__html__, { ...WINDOW, themeColors: true });
figma.ui.onmessage = (message: UiToMain) => {
  handle(message).catch((error: unknown) => {
    figma.notify(error instanceof Error ? error.message : String(error), { error: true });
  });
};

function send(message: MainToUi): void {
  figma.ui.postMessage(message);
}

async function handle(message: UiToMain): Promise<void> {
  switch (message.type) {
    case 'ready':
      return start();
    case 'settings.save':
      return saveSettings(message.settings);
    case 'pending.save':
      return savePending(message.pending);
    case 'source.remember':
      // written with the next Apply, since nothing may change in the document before it
      return;
    case 'export.start': {
      exportRun += 1;
      const run = exportRun;
      const marks = await exportChoice(message, send, () => run !== exportRun);
      if (run === exportRun) shown = marks;
      return;
    }
    case 'export.cancel':
      exportRun += 1;
      return;
    case 'reveal':
      return reveal(message.nodeId, message.box);
    case 'apply':
      return apply(message);
    case 'undo':
      return undo();
    case 'close':
      return figma.closePlugin();
  }
}

async function start(): Promise<void> {
  const pending = await loadPending();
  const [settings, picks] = [await loadSettings(), await initialPicks(pending)];
  send({ type: 'session', command, settings, picks, pending: picks.source === null ? null : pending });
  sendSelection();
  figma.on('selectionchange', sendSelectionSoon);
  figma.on('currentpagechange', watchPage);
  watchPage();
}

async function apply(message: Extract<UiToMain, { type: 'apply' }>): Promise<void> {
  const applied = await applyPlacements(message.command, message.sourceId, message.accepted, shown);
  send(applied);
  if (applied.type === 'apply.failed') return;
  const { created, updated, notes } = applied.summary;
  if (created + updated + notes === 0) return;
  undoState = 'possible';
  isSettling = true;
  setTimeout(() => {
    isSettling = false;
  }, SELECTION.settleMs);
  figma.notify(summaryLine(message.command, applied.summary), { button: { text: 'Undo', action: undo } });
}

/** Only the last step can be undone from here, and only while it is the last. */
function undo(): void {
  if (undoState === 'changed') {
    send({ type: 'undo.failed', problem: CHANGED_SINCE });
    figma.notify(`${CHANGED_SINCE.message} ${CHANGED_SINCE.hint}`);
    return;
  }
  if (undoState === 'possible') figma.triggerUndo();
  undoState = 'done';
  send({ type: 'undone' });
}

function noteChange(): void {
  if (!isSettling && undoState === 'possible') undoState = 'changed';
  sendSelectionSoon();
}

/** Follows the page the designer is on, and no other. */
function watchPage(): void {
  watchedPage?.off('nodechange', noteChange);
  watchedPage = figma.currentPage;
  watchedPage.on('nodechange', noteChange);
  sendSelectionSoon();
}

function sendSelectionSoon(): void {
  if (quiet !== null) clearTimeout(quiet);
  quiet = setTimeout(sendSelection, SELECTION.quietMs);
}

function sendSelection(): void {
  quiet = null;
  send({ type: 'selection', selection: readSelection() });
}
