import { LIMITS } from '@samepoint/shared-protocol';
import type { FrameSummary, OverlaySummary, PendingJob, Picks } from '../../shared/messages.js';
import { startExport } from './exporting.js';
import { type Flow, type FlowEvent, stay, type Transition } from './state.js';

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
    case 'pick.backend':
      return stay({ ...flow, backend: event.id });
    case 'start':
      return missingPick(flow) === null ? startExport(flow, event.jobId) : stay(flow);
    default:
      return stay(flow);
  }
}

function withPicks(flow: Flow, picks: Picks): Transition {
  return stay({ ...flow, picks, state: { name: 'pick', problem: null } });
}

/** The next step before the run can start; null if it can start. */
export function missingPick(flow: Flow): string | null {
  const { source, targets, overlays } = flow.picks;
  if (source === null) return 'Choose a source frame';
  if (source.blocked !== null) return 'The source frame can’t be used';
  if (flow.command === 'transfer-annotations' && source.annotations === 0) return 'The source frame has no annotations';
  if (flow.command === 'transfer-layers' && overlays.length === 0) return 'Add the layers to transfer';
  if (targets.length === 0) return 'Add at least one target frame';
  if (targets.length > LIMITS.targetsPerJob) return `A run takes up to ${LIMITS.targetsPerJob} targets`;
  const blocked = targets.find((target) => target.blocked !== null);
  return blocked === undefined ? null : `“${blocked.name}” can’t be used`;
}

/** Sets the source. A frame is either source or target, so the new source leaves the targets. */
function withSource(picks: Picks, source: FrameSummary | null): Picks {
  return { ...picks, source, targets: picks.targets.filter((target) => target.nodeId !== source?.nodeId) };
}

/** Appends targets, without duplicates and without the source. */
export function withTargets(picks: Picks, frames: readonly FrameSummary[]): Picks {
  const taken = new Set([picks.source?.nodeId, ...picks.targets.map((target) => target.nodeId)]);
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
