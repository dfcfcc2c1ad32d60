import type { Placement, TransferResult } from '@samepoint/shared-protocol';
import { withIdsOf } from '../../../edits/align-designs.js';
import { diffDesigns } from '../../../edits/diff-designs.js';
import type { Edit } from '../../../edits/edit.js';
import { merge } from '../../../edits/merge.js';
import type { Counterpart } from '../../../edits/merged-edit.js';
import type { Design } from '../../../shared/design.js';
import type { Problem } from '../../../shared/messages.js';
import { messageOf } from '../../../shared/text.js';
import { reduceUndo } from '../done.js';
import { failedTargets } from '../frame-problems.js';
import { enter, type Flow, type FlowEvent, type Run, savePending, stay, type Transition, toPick } from '../state.js';
import { acceptedOperations } from './edits-choices.js';
import {
  EDIT_CONFIDENCE,
  type EditRow,
  type EditsMerge,
  type EditsTarget,
  editGroupKey,
  editRows,
  frameGroupKey,
} from './edits-rows.js';
import type { EditsPreview, EditsState } from './edits-state.js';

type Counterparts = EditsTarget['counterparts'];

/** Groups are open from the start if there are at most this many rows. */
const OPEN_ROWS = 12;

const NOTHING_EXPORTED: Problem = {
  message: 'The edits of the source can’t be read.',
  hint: 'Start again from the menu.',
};

/** Computes the edits of the source and merges them into each target. A merge that throws returns to the picks. */
export function startEdits(flow: Flow, run: Run, result: TransferResult): Transition {
  try {
    return openPreview(flow, run, result);
  } catch (error) {
    const message = `The edits can’t be merged: ${messageOf(error)}.`;
    return toPick(flow, { message, hint: 'Transfer to fewer frames at once to find the one that fails.' });
  }
}

function openPreview(flow: Flow, run: Run, result: TransferResult): Transition {
  const merged = mergeAll(flow, run, result);
  const failed = [...run.failed, ...failedTargets(result, run.frames)];
  if (merged === null) {
    const ownProblem = failed.find(({ nodeId }) => nodeId === flow.picks.after?.nodeId)?.problem;
    return toPick(flow, ownProblem ?? NOTHING_EXPORTED);
  }
  const preview: EditsPreview = {
    name: 'edits',
    run,
    ...merged,
    failed,
    threshold: EDIT_CONFIDENCE.include,
    choices: new Map(),
    groupBy: 'edit',
    filter: 'all',
    expanded: new Set(),
    correcting: null,
    problem: null,
  };
  const { byKey, byEdit, byFrame } = editRows(preview);
  const open = byKey.size <= OPEN_ROWS ? [...byEdit, ...byFrame].map(({ key }) => key) : [];
  return enter(flow, { ...preview, expanded: new Set(open) });
}

function mergeAll(flow: Flow, run: Run, result: TransferResult): EditsMerge | null {
  const { source, after } = flow.picks;
  const base = run.frames.find(({ nodeId }) => nodeId === source?.nodeId)?.edits?.design;
  const placements = placementsByTarget(result);
  if (base === undefined) return null;
  const difference = after === null ? null : placements.get(after.nodeId);
  const changed = after === null ? run.after : run.frames.find(({ nodeId }) => nodeId === after.nodeId)?.edits?.design;
  if (changed === null || changed === undefined || difference === undefined) return null;
  const sameLayers = difference === null ? null : counterpartsOf(run, difference);
  const ours = sameLayers === null ? changed : withIdsOf(base, changed, sameLayers);
  const edits = diffDesigns(base, ours);
  const targets = run.frames.flatMap((frame): EditsTarget[] => {
    const placed = placements.get(frame.nodeId);
    if (placed === undefined || frame.edits === undefined || frame.nodeId === after?.nodeId) return [];
    return [withMerge({ base, ours, edits }, { frame, edits: frame.edits, counterparts: counterpartsOf(run, placed) })];
  });
  return { base, ours, edits, targets };
}

function placementsByTarget(result: TransferResult): Map<string, readonly Placement[]> {
  return new Map(
    result.targets.flatMap((target) => (target.state === 'failed' ? [] : [[target.targetId, target.placements]])),
  );
}

function counterpartsOf({ items }: Run, placements: readonly Placement[]): Counterparts {
  const layerIds = new Map(items.map(({ item }) => [item.itemId, item.kind === 'layer' ? item.layerId : null]));
  return Object.fromEntries(
    placements.flatMap((placement): [string, Counterpart][] => {
      const sourceId = layerIds.get(placement.itemId);
      if (placement.kind !== 'layer' || sourceId === null || sourceId === undefined) return [];
      const { layerId, confidence } = placement;
      return [[sourceId, { layerId, confidence, runnersUp: placement.runnersUp ?? [] }]];
    }),
  );
}

function withMerge(
  { base, ours, edits }: { base: Design; ours: Design; edits: readonly Edit[] },
  target: Omit<EditsTarget, 'merged'>,
): EditsTarget {
  const { counterparts } = target;
  const { design: theirs, applied } = target.edits;
  return { ...target, merged: merge({ base, ours, edits, theirs, counterparts, applied }) };
}

/** The states `edits`, `applying-edits` and `edits-done`. */
export function reduceEdits(flow: Flow, state: EditsState, event: FlowEvent): Transition {
  switch (state.name) {
    case 'edits':
      return reducePreview(flow, state, event);
    case 'applying-edits':
      return reduceApplying(flow, state.preview, event);
    case 'edits-done':
      return reduceDone(flow, state, event);
  }
}

function reducePreview(flow: Flow, state: EditsPreview, event: FlowEvent): Transition {
  switch (event.type) {
    case 'edits.choose': {
      const choices = new Map(state.choices);
      for (const key of event.keys) choices.set(key, event.choice);
      return enter(flow, { ...state, choices });
    }
    case 'edits.threshold':
      return enter(flow, { ...state, threshold: event.threshold });
    case 'edits.filter':
      return enter(flow, { ...state, filter: event.filter, correcting: null });
    case 'edits.group-by':
      return enter(flow, { ...state, groupBy: event.groupBy, correcting: null });
    case 'edits.expand': {
      const expanded = new Set(state.expanded);
      if (event.on) expanded.add(event.key);
      else expanded.delete(event.key);
      return enter(flow, { ...state, expanded });
    }
    case 'edits.correcting':
      return enter(flow, { ...state, correcting: event.key });
    case 'edits.correct':
      return correct(flow, state, event.key, event.layerId);
    case 'apply':
      return startApply(flow, state);
    case 'back':
      return toPick(flow);
    default:
      return stay(flow);
  }
}

/** Merges one target again with a counterpart that the designer chose. All edits of the source layer follow. */
function correct(flow: Flow, state: EditsPreview, key: string, layerId: string | null): Transition {
  const row = editRows(state).byKey.get(key);
  if (row === undefined) return stay(flow);
  const { target, sourceLayerId } = row;
  const former = target.counterparts[sourceLayerId];
  const known = [
    ...(former?.layerId == null ? [] : [{ layerId: former.layerId, confidence: former.confidence }]),
    ...(former?.runnersUp ?? []),
  ];
  const runnersUp = known.filter((each) => each.layerId !== layerId);
  const counterparts = { ...target.counterparts, [sourceLayerId]: { layerId, confidence: 1, runnersUp } };
  const again = withMerge(state, { frame: target.frame, edits: target.edits, counterparts });
  const next = { ...state, targets: state.targets.map((each) => (each === target ? again : each)) };
  const rows = [...editRows(next).byKey.values()].filter(
    (each) => each.target === again && each.sourceLayerId === sourceLayerId,
  );
  return enter(flow, { ...next, ...openAndReset(state, rows), correcting: null });
}

/** Corrected rows get the default choice of their new confidence, and stay in view in their new groups. */
function openAndReset({ choices, expanded }: EditsPreview, rows: readonly EditRow[]) {
  const keys = new Set(rows.map((row) => row.key));
  return {
    choices: new Map([...choices].filter(([key]) => !keys.has(key))),
    expanded: new Set([...expanded, ...rows.flatMap((row) => [editGroupKey(row), frameGroupKey(row.target)])]),
  };
}

/** Sends the chosen operations to the main thread, the only one with access to the document. */
function startApply(flow: Flow, state: EditsPreview): Transition {
  const { source, after } = flow.picks;
  const targets = acceptedOperations(state, state);
  if (source === null || targets.length === 0) return stay(flow);
  const { command } = flow;
  return enter(flow, { name: 'applying-edits', preview: { ...state, correcting: null, problem: null } }, [
    {
      type: 'main',
      message: {
        type: 'edits.apply',
        command,
        sourceId: source.nodeId,
        ...(after === null ? {} : { afterId: after.nodeId }),
        targets,
      },
    },
  ]);
}

function reduceApplying(flow: Flow, preview: EditsPreview, event: FlowEvent): Transition {
  if (event.type !== 'main') return stay(flow);
  const { message } = event;
  switch (message.type) {
    case 'edits.applied': {
      const { summary } = message;
      const undo = summary.written > 0 ? 'available' : 'unavailable';
      return enter(flow, { name: 'edits-done', preview, summary, undo, problem: null }, [savePending(flow, null)]);
    }
    case 'apply.failed':
      return enter(flow, { ...preview, problem: message.problem });
    default:
      return stay(flow);
  }
}

function reduceDone(flow: Flow, state: Extract<EditsState, { name: 'edits-done' }>, event: FlowEvent): Transition {
  const undone = reduceUndo(state, event);
  if (undone !== null) return enter(flow, { ...state, ...undone.state }, undone.effects);
  return event.type === 'back' && state.undo === 'done' ? enter(flow, state.preview) : stay(flow);
}
