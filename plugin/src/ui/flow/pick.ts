import { LIMITS } from '@samepoint/shared-protocol';
import type { FrameSummary, OverlaySummary, PendingJob, Picks } from '../../shared/messages.js';
import { COMMAND_FLOWS, type PickKind } from './commands.js';
import { startExport } from './exporting.js';
import { NO_PICKS, swapPicks, usableTargets } from './picks.js';
import { startPictures } from './pictures/pictures.js';
import { type AlikeFrames, enter, type Flow, type FlowEvent, stay, type Transition } from './state.js';
import { reduceTrackPick } from './track/track.js';

/** The state `pick`: the designer chooses source, targets and, for layers, the layers to transfer. */
export function reducePick(flow: Flow, event: FlowEvent): Transition {
  const { picks } = flow;
  switch (event.type) {
    case 'pick.source':
      return withPicks(flow, withSource(picks, event.frame));
    case 'pick.targets':
      return withPicks(flow, withTargets(picks, event.frames));
    case 'pick.remove-target':
      return withPicks(flow, { ...picks, targets: picks.targets.filter(({ nodeId }) => nodeId !== event.nodeId) });
    case 'pick.overlays':
      return withPicks(flow, withOverlays(picks, event.overlays));
    case 'pick.remove-overlay':
      return withPicks(flow, { ...picks, overlays: picks.overlays.filter(({ nodeId }) => nodeId !== event.nodeId) });
    case 'pick.after':
      return withPicks(flow, withAfter(picks, event.frame));
    case 'pick.swap':
      return withPicks(flow, swapPicks(flow));
    case 'pick.clear':
      return withPicks(flow, NO_PICKS);
    case 'pick.all':
      return withPicks(flow, event.picks);
    case 'pick.find-alike':
      return findAlike(flow);
    case 'main':
      return event.message.type === 'alike' ? showAlike(flow, event.message) : stay(flow);
    case 'pick.layers':
      return withPicks(flow, { ...withSource(picks, event.frame), layers: [...event.layers] });
    case 'pick.remove-layer':
      return withPicks(flow, withoutLayer(picks, event.nodeId));
    case 'delete-recording':
      return deleteRecording(flow, event.nodeId);
    case 'start':
      if (missingPick(flow) !== null) return stay(flow);
      return flow.command === 'propagate-pictures' ? startPictures(flow, event.jobId) : startExport(flow, event.jobId);
    default: {
      const tracked = reduceTrackPick(flow, event);
      return tracked === null ? stay(flow) : withPicks(tracked, tracked.picks);
    }
  }
}

/** Frames that look alike stay on offer while the source is the same. */
function withPicks(flow: Flow, picks: Picks): Transition {
  const { state } = flow;
  const isSame = picks.source !== null && picks.source.nodeId === flow.picks.source?.nodeId;
  const alike = isSame && state.name === 'pick' && state.alike !== undefined ? { alike: state.alike } : {};
  return stay({ ...flow, picks, state: { name: 'pick', problem: null, ...alike } });
}

/** The next step before the run can start; null if it can start. */
export function missingPick(flow: Flow): string | null {
  const { source } = flow.picks;
  const { picks, missing, needsTargets = true } = COMMAND_FLOWS[flow.command];
  if (source === null) return SOURCE_MISSING[picks[0] ?? 'source'] ?? SOURCE_MISSING.source;
  if (source.blocked !== null) return 'The source frame can’t be used';
  const other = missing(flow.picks);
  if (other !== null) return other;
  if (flow.picks.targets.length === 0 && !needsTargets) return null;
  return missingTargets(flow.picks);
}

/** A blocked target is left out, and does not stop the others. */
function missingTargets(picks: Picks): string | null {
  const usable = usableTargets(picks);
  if (picks.targets.length === 0) return 'Add at least one target frame';
  if (usable.length === 0) return 'None of the targets can be used';
  return usable.length > LIMITS.targetsPerJob ? `A run takes up to ${LIMITS.targetsPerJob} targets` : null;
}

/** Asks for the frames of the page that look like the source. */
function findAlike(flow: Flow): Transition {
  const { source } = flow.picks;
  if (source === null) return stay(flow);
  return enter(flow, { name: 'pick', problem: null, alike: 'searching' }, [
    { type: 'main', message: { type: 'alike.find', nodeId: source.nodeId } },
  ]);
}

/** Shows the frames that look like the source, unless it is another one by now. */
function showAlike(flow: Flow, { nodeId, byName, bySize }: AlikeFrames): Transition {
  if (flow.picks.source?.nodeId !== nodeId) return stay(flow);
  return enter(flow, { name: 'pick', problem: null, alike: { nodeId, byName, bySize } });
}

const SOURCE_MISSING: Partial<Record<PickKind, string>> & { source: string } = {
  source: 'Choose a source frame',
  layers: 'Select layers in one frame',
  sequence: 'Choose the frames of the sequence',
  recording: 'Choose a recording',
};

/** Sets the source. A frame is picked once, so the new source leaves the targets. */
function withSource(picks: Picks, source: FrameSummary | null): Picks {
  const after = picks.after?.nodeId === source?.nodeId ? null : picks.after;
  return { ...withoutTarget(picks, source), source, after };
}

/** Sets the second version, like the source. */
function withAfter(picks: Picks, after: FrameSummary | null): Picks {
  const source = picks.source?.nodeId === after?.nodeId ? null : picks.source;
  return { ...withoutTarget(picks, after), source, after };
}

function withoutTarget(picks: Picks, frame: FrameSummary | null): Picks {
  return { ...picks, targets: picks.targets.filter((target) => target.nodeId !== frame?.nodeId) };
}

/** Without its last layer the source is not picked any more. */
function withoutLayer(picks: Picks, nodeId: string): Picks {
  const layers = picks.layers.filter((layer) => layer.nodeId !== nodeId);
  return { ...picks, layers, source: layers.length === 0 ? null : picks.source };
}

function deleteRecording(flow: Flow, nodeId: string): Transition {
  const recordings = flow.recordings.filter((recording) => recording.nodeId !== nodeId);
  const { picks } = flow;
  const source = picks.source?.nodeId === nodeId ? null : picks.source;
  return enter({ ...flow, recordings, picks: { ...picks, source } }, { name: 'pick', problem: null }, [
    { type: 'main', message: { type: 'recording.delete', nodeId } },
  ]);
}

/** Appends targets, without duplicates and without the source and its second version. */
export function withTargets(picks: Picks, frames: readonly FrameSummary[]): Picks {
  const taken = new Set([picks.source?.nodeId, picks.after?.nodeId, ...picks.targets.map((target) => target.nodeId)]);
  return { ...picks, targets: [...picks.targets, ...frames.filter((frame) => !taken.has(frame.nodeId))] };
}

/** Appends overlay layers, without duplicates. */
export function withOverlays(picks: Picks, overlays: readonly OverlaySummary[]): Picks {
  const taken = new Set(picks.overlays.map((overlay) => overlay.nodeId));
  return { ...picks, overlays: [...picks.overlays, ...overlays.filter((overlay) => !taken.has(overlay.nodeId))] };
}

/** The picks of a pending job. Frames missing from `known` get placeholders until they are exported. */
export function picksOfPending(pending: PendingJob, known: Picks): Picks {
  const frames = [known.source, known.after, ...known.targets].filter((frame) => frame !== null);
  const frameOf = (nodeId: string): FrameSummary =>
    frames.find((frame) => frame.nodeId === nodeId) ?? {
      nodeId,
      name: 'Frame',
      width: 0,
      height: 0,
      // not 0, or `missingPick` would block another run; the export reports a frame without annotations
      annotations: 1,
      layers: 0,
      blocked: null,
    };
  return {
    source: frameOf(pending.sourceId),
    after: pending.afterId === undefined ? null : frameOf(pending.afterId),
    targets: pending.targetIds.map(frameOf),
    overlays: pending.overlayIds.map(
      (nodeId) =>
        known.overlays.find((overlay) => overlay.nodeId === nodeId) ?? { nodeId, name: 'Layer', type: 'LAYER' },
    ),
    layers: (pending.layerIds ?? []).map(
      (nodeId) =>
        known.layers.find((layer) => layer.nodeId === nodeId) ?? {
          nodeId,
          name: 'Layer',
          type: 'LAYER',
          ancestorIds: [],
          frameId: pending.sourceId,
        },
    ),
  };
}
