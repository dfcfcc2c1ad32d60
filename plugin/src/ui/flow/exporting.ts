import type { ExportedFrame, FinishedTarget, FrameSummary, MainToUi, Picks, UiToMain } from '../../shared/messages.js';
import { COMMAND_FLOWS } from './commands.js';
import { blockedTargets, usableTargets } from './picks.js';
import { hashFrame } from './request.js';
import { sendExported } from './sending.js';
import { enter, type Flow, type FlowEvent, type StateOf, savePending, stay, type Transition, toPick } from './state.js';

/**
 * Asks the main thread to export all picked frames. It answers with `export.frame` for each and one `export.done`.
 * @param finished results of an earlier session
 */
export function startExport(flow: Flow, jobId: string, finished: readonly FinishedTarget[] = []): Transition {
  const message = exportRequest(flow);
  if (message === null) return stay(flow);
  const total = exportedIds(flow.picks).size;
  const failed = blockedTargets(flow.picks);
  const state = { name: 'exporting', jobId, frames: [], failed, finished, done: failed.length, total } as const;
  return enter(flow, state, [savePending(flow, { jobId, finished }), { type: 'main', message }]);
}

/** The request for an export of all picked frames; null without a source. */
export function exportRequest({ picks, command }: Flow): UiToMain | null {
  if (picks.source === null) return null;
  const kinds = COMMAND_FLOWS[command].picks;
  return {
    type: 'export.start',
    command,
    sourceId: picks.source.nodeId,
    ...(picks.after === null ? {} : { afterId: picks.after.nodeId }),
    targetIds: usableTargets(picks).map((target) => target.nodeId),
    overlayIds:
      kinds.includes('overlays') || kinds.includes('regions') ? picks.overlays.map((overlay) => overlay.nodeId) : [],
    layerIds: kinds.includes('layers') ? picks.layers.map((layer) => layer.nodeId) : [],
  };
}

function exportedIds({ source, after, targets }: Picks): Set<string> {
  return new Set([source, after, ...targets].flatMap((frame) => frame?.nodeId ?? []));
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
      if (!exportedIds(flow.picks).has(nodeId)) return stay(flow);
      // without the second version there is no difference to transfer
      if (nodeId === flow.picks.after?.nodeId)
        return toPick(flow, problem, [{ type: 'main', message: { type: 'export.cancel' } }]);
      return progress(flow, {
        ...state,
        failed: [...state.failed, { nodeId, name: nameOf(flow.picks, nodeId) ?? name, problem }],
      });
    }
    case 'export.done': {
      const { items, notices, after = null, regions } = message;
      const { jobId, frames, failed, finished } = state;
      return sendExported(flow, {
        ...{ jobId, frames, failed, finished, items, notices, after },
        ...(regions === undefined ? {} : { regions }),
      });
    }
    case 'export.failed':
      return toPick(flow, message.problem);
    default:
      return stay(flow);
  }
}

/** Keeps an exported frame; a frame that is not picked belongs to a cancelled export and is ignored. */
function addFrame(flow: Flow, state: StateOf<'exporting'>, frame: ExportedFrame): Transition {
  if (!exportedIds(flow.picks).has(frame.nodeId)) return stay(flow);
  const frames = [...state.frames.filter((known) => known.nodeId !== frame.nodeId), hashFrame(frame)];
  return progress({ ...flow, picks: fillPlaceholder(flow.picks, frame) }, { ...state, frames });
}

/** A deleted frame has its name in the picks only. */
function nameOf({ targets }: Picks, nodeId: string): string | undefined {
  return targets.find((target) => target.nodeId === nodeId)?.name;
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
    after: picks.after === null ? null : fill(picks.after),
    targets: picks.targets.map(fill),
  };
}
