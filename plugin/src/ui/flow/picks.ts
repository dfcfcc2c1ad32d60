import type { FrameSummary, Picks, Problem } from '../../shared/messages.js';
import { COMMAND_FLOWS } from './commands.js';
import type { FailedTarget } from './frame-problems.js';
import type { Flow } from './state.js';

export const NO_PICKS: Picks = { source: null, after: null, targets: [], overlays: [], layers: [] };

/** The targets that take part in a run. */
export function usableTargets({ targets }: Picks): FrameSummary[] {
  return targets.filter(({ blocked }) => blocked === null);
}

/** The targets that are left out of a run, and why. */
export function blockedTargets({ targets }: Picks): FailedTarget[] {
  return targets.flatMap(({ nodeId, name, blocked }) => {
    return blocked === null ? [] : [{ nodeId, name, problem: problemOf(blocked) }];
  });
}

/** What is wrong, and what to do about it, are sentences of their own. */
function problemOf(blocked: string): Problem {
  const end = blocked.indexOf('. ');
  return end < 0
    ? { message: blocked, hint: '' }
    : { message: blocked.slice(0, end + 1), hint: blocked.slice(end + 2) };
}

export function hasPicks({ source, after, targets, overlays, layers }: Picks): boolean {
  return source !== null || after !== null || targets.length + overlays.length + layers.length > 0;
}

/** The picks with these frames as they are now. */
export function refreshPicks(picks: Picks, frames: readonly FrameSummary[]): Picks {
  const now = new Map(frames.map((frame) => [frame.nodeId, frame]));
  const refresh = (frame: FrameSummary) => now.get(frame.nodeId) ?? frame;
  return {
    ...picks,
    source: picks.source === null ? null : refresh(picks.source),
    after: picks.after === null ? null : refresh(picks.after),
    targets: picks.targets.map(refresh),
  };
}

/** What can be exchanged with the source: its second version, else the only target; null for nothing. */
export function swapPartner({ command, picks }: Pick<Flow, 'command' | 'picks'>): 'after' | 'target' | null {
  const kinds = COMMAND_FLOWS[command].picks;
  if (!kinds.includes('source') || picks.source === null) return null;
  if (kinds.includes('after') && picks.after !== null) return 'after';
  // layers to transfer are on the source
  const isFree = picks.overlays.length === 0 || !kinds.includes('overlays');
  return kinds.includes('targets') && picks.targets.length === 1 && isFree ? 'target' : null;
}

/** Exchanges the source with its second version, or with the only target. */
export function swapPicks(flow: Pick<Flow, 'command' | 'picks'>): Picks {
  const { picks } = flow;
  const { source, after, targets } = picks;
  switch (swapPartner(flow)) {
    case 'after':
      return { ...picks, source: after, after: source };
    case 'target':
      return { ...picks, source: targets[0] ?? null, targets: source === null ? [] : [source] };
    case null:
      return picks;
  }
}
