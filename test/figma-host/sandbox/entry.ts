import type { DocumentSpec, DocumentState, HandEdit } from '../spec.js';
import { validateAnnotations } from './annotations.js';
import { decodeMessage } from './bridge.js';
import { buildDocument } from './build-document.js';
import { editByHand } from './by-hand.js';
import { fire, forget, later, seedShuffle } from './event-loop.js';
import { createFigma, toastActions, ui } from './figma-api.js';
import { absoluteMatrix, sizeOf } from './geometry.js';
import { announceChanges } from './node-changes.js';
import { CATEGORIES, settle, takeReads } from './node-proxy.js';
import { currentPage, select, showPage, startAccess } from './pages.js';
import { inspectProps } from './property-access.js';
import {
  addEmptyUndoStep,
  allNodes,
  breakWrite,
  commitUndo,
  dump,
  exporting,
  get,
  load,
  manifest,
  recordChange,
  triggerUndo,
  undoSteps,
} from './store.js';

interface StartOptions {
  seed: number;
  hasManifestId: boolean;
  rotatedExports: 'own' | 'canvas';
  editor: 'figma' | 'dev';
}

/** The functions that Node calls. Each call is one turn; `endTurn` follows after its promise jobs. */
const host = {
  build: (spec: string) => JSON.stringify(buildDocument(JSON.parse(spec) as DocumentSpec)),
  load: (state: string) => load(JSON.parse(state) as DocumentState),
  dump: () => JSON.stringify(dump()),
  inspect: () =>
    JSON.stringify(
      allNodes().map((node) => ({
        ...node,
        ...sizeOf(node),
        props: inspectProps(node),
        absolute: absoluteMatrix(node),
      })),
    ),
  start: (command: string, options: string) => start(command, JSON.parse(options) as StartOptions),
  message: (json: string) => ui.onmessage?.(decodeMessage(json)),
  fire: (callId: string, detail: string) => fire(Number(callId), Number(detail)),
  select: (ids: string) => {
    select(currentPage(), (JSON.parse(ids) as string[]).map(get));
    addEmptyUndoStep();
  },
  showPage: (pageId: string) => showPage(get(pageId)),
  pressToast: (index: string) => toastActions[Number(index)]?.(),
  breakWrite,
  editByHand: (edit: string, who: string) => editByHand(JSON.parse(edit) as HandEdit, who === 'collaborator'),
  editAnnotations: (nodeId: string, annotations: string) => {
    commitUndo();
    const node = get(nodeId);
    recordChange(nodeId, 'annotations');
    node.props.annotations = validateAnnotations(node, JSON.parse(annotations), CATEGORIES);
    commitUndo();
  },
  undo: () => {
    commitUndo();
    triggerUndo();
    settle();
  },
  undoSteps,
  takeReads: () => JSON.stringify(takeReads()),
  commitUndo,
  endTurn: announceChanges,
};

function start(command: string, { seed, hasManifestId, rotatedExports, editor }: StartOptions): void {
  seedShuffle(seed);
  startAccess();
  manifest.hasId = hasManifestId;
  exporting.rotated = rotatedExports;
  manifest.editor = editor;
  const log = (...parts: unknown[]) => __bridge.log(parts.map(String).join(' '));
  Object.assign(globalThis, {
    figma: createFigma(command),
    __html__: '<html></html>',
    console: { log, info: log, warn: log, error: log },
    setTimeout: (call: () => void, delayMs?: number) => later(call, delayMs ?? 0),
    clearTimeout: forget,
  });
}

export type HostCalls = { [name in keyof typeof host]: (...texts: string[]) => unknown };

Object.assign(globalThis, { __host: host });
