import { LIMITS } from '@samepoint/shared-protocol';
import type { FrameSummary, OverlaySummary, PendingJob, Picks } from '../../shared/messages.js';
import { enter, type Flow, type FlowStep, savePending, stay } from './flow-state.js';

/** Why the run cannot start yet, in the words of the next thing to do; null when it can. */
export function missingPick(flow: Flow): string | null {
  const { source, targets, overlays } = flow.picks;
  if (source === null) return 'Choose the source frame first.';
  if (source.blocked !== null) return 'The source cannot be used as it is.';
  if (flow.command === 'transfer-annotations' && source.annotations === 0) return 'The source has no annotations.';
  if (flow.command === 'transfer-layers' && overlays.length === 0) return 'Add the layers to transfer.';
  if (targets.length === 0) return 'Add at least one target frame.';
  if (targets.length > LIMITS.targetsPerJob) return `At most ${LIMITS.targetsPerJob} targets fit in one run.`;
  const blocked = targets.find((target) => target.blocked !== null);
  return blocked === undefined ? null : `“${blocked.name}” cannot be used as it is.`;
}

/** A frame is the source or a target, never both: choosing it as one takes it from the other. */
export function withSource(picks: Picks, source: FrameSummary | null): Picks {
  return { ...picks, source, targets: picks.targets.filter((target) => target.nodeId !== source?.nodeId) };
}

/** Adds targets at the end, each once; the source never becomes one. */
export function withTargets(picks: Picks, frames: readonly FrameSummary[]): Picks {
  const taken = new Set([picks.source?.nodeId, ...picks.targets.map((target) => target.nodeId)]);
  return { ...picks, targets: [...picks.targets, ...frames.filter((frame) => !taken.has(frame.nodeId))] };
}

/** Adds overlay layers at the end, each once. */
export function withOverlays(picks: Picks, overlays: readonly OverlaySummary[]): Picks {
  const taken = new Set(picks.overlays.map((overlay) => overlay.nodeId));
  return { ...picks, overlays: [...picks.overlays, ...overlays.filter((overlay) => !taken.has(overlay.nodeId))] };
}

export function changePicks(flow: Flow, picks: Picks, effects: FlowStep['effects'] = []): FlowStep {
  if (flow.step.name !== 'pick') return stay(flow);
  return { flow: { ...flow, picks, step: { name: 'pick', problem: null } }, effects };
}

/** Exports everything that was picked; the answer is a row of `export.frame` and one `export.done`. */
export function startExport(flow: Flow, jobId: string): FlowStep {
  const { source, targets, overlays } = flow.picks;
  if (source === null) return stay(flow);
  const step = { name: 'exporting', jobId, frames: [], done: 0, total: targets.length + 1 } as const;
  return enter(flow, step, [
    savePending(flow, jobId),
    {
      type: 'main',
      message: {
        type: 'export.start',
        command: flow.command,
        sourceId: source.nodeId,
        targetIds: targets.map((target) => target.nodeId),
        overlayIds: flow.command === 'transfer-layers' ? overlays.map((overlay) => overlay.nodeId) : [],
      },
    },
  ]);
}

/** The picks of a job that was running when the plugin was closed; names come again with the exported frames. */
export function picksOfPending(pending: PendingJob, known: Picks): Picks {
  const frames = [...(known.source === null ? [] : [known.source]), ...known.targets];
  const frameOf = (nodeId: string): FrameSummary =>
    frames.find((frame) => frame.nodeId === nodeId) ?? {
      nodeId,
      name: 'Frame',
      width: 0,
      height: 0,
      // more than none, or the picks could not be run again; the export tells the truth
      annotations: 1,
      blocked: null,
    };
  return {
    source: frameOf(pending.sourceId),
    targets: pending.targetIds.map(frameOf),
    overlays: pending.overlayIds.map(
      (nodeId) =>
        known.overlays.find((overlay) => overlay.nodeId === nodeId) ?? { nodeId, name: 'Layer', type: 'LAYER' },
    ),
  };
}

/** Gives a pick the name and size that its export had. */
export function renamePicks(
  picks: Picks,
  frame: { nodeId: string; name: string; width: number; height: number },
): Picks {
  const rename = (pick: FrameSummary): FrameSummary =>
    pick.nodeId === frame.nodeId && pick.width === 0
      ? { ...pick, name: frame.name, width: frame.width, height: frame.height }
      : pick;
  return {
    ...picks,
    source: picks.source === null ? null : rename(picks.source),
    targets: picks.targets.map(rename),
  };
}
