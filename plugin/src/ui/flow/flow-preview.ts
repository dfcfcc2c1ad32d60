import type { TransferResult } from '@samepoint/shared-protocol';
import type { ApplySummary, Problem } from '../../shared/messages.js';
import { enter, type Flow, type FlowStep, type Previewing, savePending, stay, type Work } from './flow-state.js';
import { acceptedPlacements, includedAtFirst, type PreviewGroup, previewGroups } from './preview-rows.js';

/** The groups of a preview; the same input gives the same rows. */
export function groupsOf(flow: Flow, preview: Previewing): PreviewGroup[] {
  return previewGroups(preview.work, preview.result, flow.picks.source?.nodeId ?? '');
}

export function startPreview(flow: Flow, work: Work, result: TransferResult): FlowStep {
  const preview: Previewing = { name: 'preview', work, result, included: new Set(), problem: null };
  return enter(flow, { ...preview, included: includedAtFirst(groupsOf(flow, preview)) });
}

/** Turns rows on or off; a row without a counterpart cannot be turned on. */
export function include(flow: Flow, keys: readonly string[], on: boolean): FlowStep {
  const { step } = flow;
  if (step.name !== 'preview') return stay(flow);
  const rows = groupsOf(flow, step).flatMap((group) => group.rows);
  const possible = new Set(rows.filter((row) => row.outcome !== 'none').map((row) => row.key));
  const included = new Set(step.included);
  for (const key of keys) {
    if (on && possible.has(key)) included.add(key);
    if (!on) included.delete(key);
  }
  return enter(flow, { ...step, included });
}

/** Hands the included placements to the main thread, which alone may write. */
export function apply(flow: Flow): FlowStep {
  const { step, picks } = flow;
  if (step.name !== 'preview' || picks.source === null) return stay(flow);
  const accepted = acceptedPlacements(groupsOf(flow, step), step.included);
  if (accepted.length === 0) return stay(flow);
  return enter(flow, { name: 'applying', preview: { ...step, problem: null } }, [
    { type: 'main', message: { type: 'apply', command: flow.command, sourceId: picks.source.nodeId, accepted } },
  ]);
}

export function finishApply(flow: Flow, summary: ApplySummary): FlowStep {
  const { step } = flow;
  if (step.name !== 'applying') return stay(flow);
  const wrote = summary.created + summary.updated + summary.notes > 0;
  return enter(
    flow,
    { name: 'done', preview: step.preview, summary, undo: wrote ? 'possible' : 'pointless', problem: null },
    [savePending(flow, null)],
  );
}

/** Nothing was written; the preview is there as it was. */
export function failApply(flow: Flow, problem: Problem): FlowStep {
  const { step } = flow;
  return step.name === 'applying' ? enter(flow, { ...step.preview, problem }) : stay(flow);
}

export function undo(flow: Flow): FlowStep {
  const { step } = flow;
  if (step.name !== 'done' || step.undo !== 'possible') return stay(flow);
  return enter(flow, { ...step, undo: 'asked' }, [{ type: 'main', message: { type: 'undo' } }]);
}

/** The designer has worked on since: only Figma's own undo can go back now. */
export function failUndo(flow: Flow, problem: Problem): FlowStep {
  const { step } = flow;
  return step.name === 'done' ? enter(flow, { ...step, undo: 'pointless', problem }) : stay(flow);
}

export function finishUndo(flow: Flow): FlowStep {
  const { step } = flow;
  return step.name === 'done' ? enter(flow, { ...step, undo: 'done' }) : stay(flow);
}
