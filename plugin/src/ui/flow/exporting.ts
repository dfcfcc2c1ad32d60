import type { ExportedFrame, FrameSummary, MainToUi, Picks } from '../../shared/messages.js';
import { hashFrame } from './request.js';
import { send } from './sending.js';
import { enter, type Flow, type FlowEvent, type StateOf, savePending, stay, type Transition, toPick } from './state.js';

/** Asks the main thread to export all picked frames. It answers with `export.frame` for each and one `export.done`. */
export function startExport(flow: Flow, jobId: string): Transition {
  const { source, targets, overlays } = flow.picks;
  if (source === null) return stay(flow);
  const state = { name: 'exporting', jobId, frames: [], failed: [], done: 0, total: targets.length + 1 } as const;
  return enter(flow, state, [
    savePending(flow, jobId),
    {
      type: 'main',
      message: {
        type: 'export.start',
        command: flow.command,
        sourceId: source.nodeId,
        targetIds: targets.map((target) => target.nodeId),
        overlayIds: flow.command === 'transfer-layers' ? overlays.map((overlay) => overlay.nodeId) : [],
        layerIds: [],
      },
    },
  ]);
}

/** The state `exporting`: the main thread renders the frames. */
export function reduceExporting(flow: Flow, state: StateOf<'exporting'>, event: FlowEvent): Transition {
  if (event.type === 'main') return reduceExport(flow, state, event.message);
  if (event.type !== 'cancel') return stay(flow);
  return toPick(flow, null, [{ type: 'main', message: { type: 'export.cancel' } }]);
}

function reduceExport(flow: Flow, state: StateOf<'exporting'>, message: MainToUi): Transition {
  switch (message.type) {
    case 'export.frame':
      return addFrame(flow, state, message.frame);
    case 'export.frame-failed': {
      const { nodeId, name, problem } = message;
      if (!isPicked(flow, nodeId)) return stay(flow);
      return progress(flow, { ...state, failed: [...state.failed, { nodeId, name, problem }] });
    }
    case 'export.done': {
      const { items, notices, after = null } = message;
      const { jobId, frames, failed } = state;
      return send(flow, { jobId, frames, failed, items, notices, after });
    }
    case 'export.failed':
      return toPick(flow, message.problem);
    default:
      return stay(flow);
  }
}

/** Keeps an exported frame; a frame that is not picked belongs to a cancelled export and is ignored. */
function addFrame(flow: Flow, state: StateOf<'exporting'>, frame: ExportedFrame): Transition {
  if (!isPicked(flow, frame.nodeId)) return stay(flow);
  const frames = [...state.frames.filter((known) => known.nodeId !== frame.nodeId), hashFrame(frame)];
  return progress({ ...flow, picks: fillPlaceholder(flow.picks, frame) }, { ...state, frames });
}

function isPicked({ picks: { source, targets } }: Flow, nodeId: string): boolean {
  return [source, ...targets].some((pick) => pick?.nodeId === nodeId);
}

function progress(flow: Flow, state: StateOf<'exporting'>): Transition {
  return enter(flow, { ...state, done: state.frames.length + state.failed.length });
}

/** Gives the placeholder of a pending job the name and size of its exported frame. */
function fillPlaceholder(picks: Picks, { nodeId, name, width, height }: ExportedFrame): Picks {
  const fill = (pick: FrameSummary): FrameSummary =>
    pick.nodeId === nodeId && pick.width === 0 ? { ...pick, name, width, height } : pick;
  return {
    ...picks,
    source: picks.source === null ? null : fill(picks.source),
    targets: picks.targets.map(fill),
  };
}
