import type { AlignStep } from './align/align-state.js';
import type { InspectStep } from './inspect/inspect-state.js';
import type { PicturesStep } from './pictures/pictures-state.js';
import type { Flow, FlowEvent, UndoState } from './state.js';
import type { TrackStep } from './track/track-state.js';

/**
 * What the Escape key does: it goes back to the screen before, or closes the window on the first one and after Apply.
 * Null while the main thread writes. States with steps of their own get `back`.
 */
export function escapeEvent({ state }: Flow): FlowEvent | null {
  switch (state.name) {
    case 'waiting':
    case 'home':
    case 'connect':
    case 'preferences':
    case 'pick':
      return { type: 'close' };
    case 'exporting':
    case 'sending':
    case 'running':
      return { type: 'cancel' };
    case 'failed':
      return { type: state.download === null ? 'back' : 'cancel' };
    case 'applying':
    case 'applying-edits':
      return null;
    case 'done':
    case 'edits-done':
      return leaveDone(state.undo);
    case 'preview':
    case 'edits':
      return state.correcting === null ? { type: 'back' } : { type: 'preview.correcting', key: null };
    case 'pictures':
      return leaveRun(state.pictures);
    case 'align':
      return leaveAlign(state.align);
    case 'inspect':
      return leaveInspect(state.inspect);
    case 'remove':
      if (state.remove.step === 'removing') return null;
      return state.remove.step === 'list' ? { type: 'close' } : leaveDone(state.remove.undo);
    case 'track':
      return leaveRun(state.track);
    default:
      return { type: 'back' };
  }
}

/** After Apply, Escape closes the window; after Undo, it goes back to the preview. */
function leaveDone(undo: UndoState): FlowEvent | null {
  if (undo === 'pending') return null;
  return { type: undo === 'done' ? 'back' : 'close' };
}

/** Of a command with a preview of its own. */
function leaveRun(run: PicturesStep | TrackStep): FlowEvent | null {
  switch (run.step) {
    case 'failed':
      return { type: run.download === null ? 'back' : 'cancel' };
    case 'preview':
      return { type: 'back' };
    case 'applying':
      return null;
    case 'done':
      return leaveDone(run.undo);
    default:
      return { type: 'cancel' };
  }
}

function leaveAlign(align: AlignStep): FlowEvent | null {
  switch (align.step) {
    case 'comparing':
      return { type: 'cancel' };
    case 'failed':
      return { type: align.download === null ? 'back' : 'cancel' };
    case 'result':
      return align.placing === null ? { type: 'back' } : null;
  }
}

/** Escape first leaves the note that is being written. */
function leaveInspect(inspect: InspectStep): FlowEvent {
  const isWriting = inspect.step === 'open' && inspect.note !== null;
  return isWriting ? { type: 'inspect.note', match: null } : { type: 'back' };
}
