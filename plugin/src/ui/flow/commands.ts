import { TRANSFER_RUNNERS_UP, type TransferRequest, type TransferResult } from '@samepoint/shared-protocol';
import type { Command, Picks } from '../../shared/messages.js';
import { startAlign } from './align/align.js';
import { startEdits } from './edits/edits-preview.js';
import { startInspect } from './inspect/inspect.js';
import { openConnect, openPreferences } from './options.js';
import { missingEdit } from './pictures/pictures.js';
import { startPreview } from './preview/preview.js';
import { openRemove } from './remove/remove.js';
import { startSelect } from './select.js';
import type { Flow, Run, Transition } from './state.js';
import { missingTrack } from './track/sequence.js';
import { startTrack } from './track/track.js';

/** A list of the pick screen. */
export type PickKind =
  | 'recording'
  | 'source'
  | 'after'
  | 'layers'
  | 'overlays'
  | 'targets'
  | 'sequence'
  | 'regions'
  | 'output';

/** Where a command differs from the others. All of them pick, export, send and run in the same way. */
export interface CommandFlow {
  /** The heading of the pick screen. */
  title: string;
  /** The lists of the pick screen, in their order. */
  picks: readonly PickKind[];
  /** The label of the button that starts the run; by default “Find matches”. */
  action?: string;
  /** How the lists ask for frames. */
  labels: {
    source: string;
    selectSource: string;
    selectTargets: string;
    selectOverlays?: string;
    selectAfter?: string;
  };
  /** Whether at least one target must be picked; by default it must. */
  needsTargets?: false;
  /** What must be picked besides source and targets; null if it is. */
  missing(picks: Picks): string | null;
  /** Optional fields of the request that the daemon supports. */
  requestFlags(features: readonly string[]): Partial<TransferRequest>;
  /** The first screen of a command that picks nothing. */
  opens?(flow: Flow): Transition;
  /** What follows the export of the picked frames, in place of a transfer. */
  exported?(flow: Flow, run: Run): Transition;
  /** What follows the result of a transfer. */
  finish(flow: Flow, run: Run, result: TransferResult): Transition;
}

const TRANSFER = {
  labels: {
    source: 'Source',
    selectSource: 'Select a frame with annotations on the canvas.',
    selectTargets: 'Select one or more frames to transfer to.',
  },
  requestFlags: () => ({}),
  finish: startPreview,
};

/** To correct a match. */
function withRunnersUp(features: readonly string[]): Partial<TransferRequest> {
  return features.includes(TRANSFER_RUNNERS_UP) ? { withRunnersUp: true } : {};
}

const EDITS = {
  labels: { ...TRANSFER.labels, selectTargets: 'Select the frames that get the same edits.' },
  requestFlags: withRunnersUp,
  finish: startEdits,
};

function missingVersion({ after }: Picks): string | null {
  if (after === null) return 'Choose the frame after the edits';
  return after.blocked === null ? null : `“${after.name}” can’t be used`;
}

export const COMMAND_FLOWS: Record<Command, CommandFlow> = {
  'transfer-annotations': {
    ...TRANSFER,
    title: 'Transfer annotations',
    requestFlags: withRunnersUp,
    picks: ['source', 'targets'],
    missing: ({ source }) => (source?.annotations === 0 ? 'The source frame has no annotations' : null),
  },
  'transfer-layers': {
    ...TRANSFER,
    title: 'Transfer layers',
    labels: { ...TRANSFER.labels, selectSource: 'Select the frame with the layers to transfer.' },
    picks: ['source', 'overlays', 'targets'],
    missing: ({ overlays }) => (overlays.length === 0 ? 'Add the layers to transfer' : null),
  },
  'select-matching': {
    ...TRANSFER,
    title: 'Select matching layers',
    labels: { ...TRANSFER.labels, selectTargets: 'Select the frames with the layers to find.' },
    picks: ['layers', 'targets'],
    missing: ({ layers }) => (layers.length === 0 ? 'Select layers in one frame' : null),
    finish: startSelect,
  },
  'transfer-edits': {
    ...EDITS,
    title: 'Transfer recorded edits',
    picks: ['recording', 'targets'],
    missing: () => null,
  },
  'transfer-difference': {
    ...EDITS,
    title: 'Transfer difference',
    labels: { ...EDITS.labels, source: 'Before', selectSource: 'Select the frame before the edits.' },
    picks: ['source', 'after', 'targets'],
    missing: missingVersion,
  },
  'propagate-pictures': {
    ...EDITS,
    title: 'Propagate edit onto pictures',
    labels: {
      source: 'Source',
      selectSource: 'Select the picture that is edited.',
      selectOverlays: 'Select what is drawn over the source, or choose its edited version below.',
      selectAfter: 'Or select the edited version of the source.',
      selectTargets: 'Select the pictures that get the same edit.',
    },
    picks: ['source', 'overlays', 'after', 'targets'],
    missing: missingEdit,
  },
  'inspect-point': {
    ...TRANSFER,
    title: 'Inspect a point',
    labels: {
      source: 'Source',
      selectSource: 'Select the frame or picture with the point.',
      selectTargets: 'Select the frames or pictures to look for it in. Without any, the source itself is searched.',
    },
    picks: ['source', 'targets'],
    needsTargets: false,
    missing: () => null,
    exported: startInspect,
  },
  'track-frames': {
    ...TRANSFER,
    title: 'Track through frames',
    action: 'Track',
    picks: ['sequence', 'regions', 'output'],
    missing: missingTrack,
    exported: startTrack,
  },
  'align-compare': {
    ...TRANSFER,
    title: 'Align and compare',
    labels: {
      ...{ ...TRANSFER.labels, source: 'Before', selectSource: 'Select the frame or picture before the change.' },
      selectAfter: 'Select the frame or picture after the change.',
    },
    action: 'Compare',
    picks: ['source', 'after'],
    needsTargets: false,
    missing: missingVersion,
    exported: startAlign,
  },
  'remove-transferred': {
    ...TRANSFER,
    title: 'Remove what was transferred',
    picks: [],
    missing: () => null,
    opens: openRemove,
  },
  connect: { ...TRANSFER, title: 'Connect', picks: [], missing: () => null, opens: openConnect },
  preferences: { ...TRANSFER, title: 'Preferences', picks: [], missing: () => null, opens: openPreferences },
  // it opens no window
  'record-edits': { ...EDITS, title: 'Record edits', picks: ['source'], missing: () => 'Close this window' },
};
