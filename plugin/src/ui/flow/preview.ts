import type { TransferResult } from '@samepoint/shared-protocol';
import { type FailedTarget, failedTargets } from './frame-problems.js';
import { acceptedPlacements, includedByDefault, type PreviewGroup, previewGroups } from './preview-rows.js';
import {
  enter,
  type Flow,
  type FlowEvent,
  type PreviewState,
  type Run,
  stay,
  type Transition,
  toPick,
} from './state.js';

export function startPreview(flow: Flow, run: Run, result: TransferResult): Transition {
  const preview: PreviewState = { name: 'preview', run, result, included: new Set(), problem: null };
  return enter(flow, { ...preview, included: includedByDefault(groupsOf(flow, preview)) });
}

/** The state `preview`: the designer chooses which placements to apply. */
export function reducePreview(flow: Flow, state: PreviewState, event: FlowEvent): Transition {
  switch (event.type) {
    case 'include':
      return include(flow, state, event.keys, event.on);
    case 'apply':
      return startApply(flow, state);
    case 'back':
      return toPick(flow);
    default:
      return stay(flow);
  }
}

/** Groups by result: a checkbox must not compute thousands of rows again. */
const groupsByResult = new WeakMap<TransferResult, { run: Run; sourceId: string; groups: PreviewGroup[] }>();

/** The rows of a preview, grouped by target. The same objects while run and result are the same. */
export function groupsOf(flow: Flow, { run, result }: PreviewState): PreviewGroup[] {
  const sourceId = flow.picks.source?.nodeId ?? '';
  const known = groupsByResult.get(result);
  if (known?.run === run && known.sourceId === sourceId) return known.groups;
  const groups = previewGroups(run, result, sourceId);
  groupsByResult.set(result, { run, sourceId, groups });
  return groups;
}

/** The targets without rows, and why. */
export function failedOf({ run, result }: PreviewState): FailedTarget[] {
  return [...run.failed, ...failedTargets(result, run.frames)];
}

/** Includes or excludes rows. A row without a counterpart cannot be included. */
function include(flow: Flow, state: PreviewState, keys: readonly string[], on: boolean): Transition {
  const rows = groupsOf(flow, state).flatMap((group) => group.rows);
  const possible = new Set(rows.filter((row) => row.outcome !== 'none').map((row) => row.key));
  const included = new Set(state.included);
  for (const key of keys) {
    if (on && possible.has(key)) included.add(key);
    if (!on) included.delete(key);
  }
  return enter(flow, { ...state, included });
}

/** Sends the included placements to the main thread, the only one with access to the document. */
function startApply(flow: Flow, state: PreviewState): Transition {
  const { source } = flow.picks;
  const accepted = acceptedPlacements(groupsOf(flow, state), state.included);
  if (source === null || accepted.length === 0) return stay(flow);
  return enter(flow, { name: 'applying', preview: { ...state, problem: null } }, [
    { type: 'main', message: { type: 'apply', command: flow.command, sourceId: source.nodeId, accepted } },
  ]);
}
