import type { Command, MainToUi, UiToMain } from '../shared/messages.js';
import { applyPlacements } from './apply.js';
import { exportChoice } from './export-frame.js';
import { initialPicks } from './picks.js';
import { reveal } from './reveal.js';
import { readSelection } from './selection.js';
import { loadPending, loadSettings, savePending, saveSettings } from './settings.js';
import { SELECTION, WINDOW } from './tables.js';
import { summaryLine } from './words.js';

const command: Command = figma.command === 'transfer-layers' ? 'transfer-layers' : 'transfer-annotations';
let exportRun = 0;
let canUndo = false;
let quiet: number | null = null;
let watchedPage: PageNode | null = null;

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
      return exportChoice(message, send, () => run !== exportRun);
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
  const applied = await applyPlacements(message.command, message.sourceId, message.accepted);
  send(applied);
  if (applied.type === 'apply.failed') return;
  const { created, updated } = applied.summary;
  if (created + updated === 0) return;
  canUndo = true;
  figma.notify(summaryLine(message.command, applied.summary), { button: { text: 'Undo', action: undo } });
}

function undo(): void {
  if (canUndo) figma.triggerUndo();
  canUndo = false;
  send({ type: 'undone' });
}

/** Follows the page the designer is on, and no other. */
function watchPage(): void {
  watchedPage?.off('nodechange', sendSelectionSoon);
  watchedPage = figma.currentPage;
  watchedPage.on('nodechange', sendSelectionSoon);
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
