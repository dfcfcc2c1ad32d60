import type { TransferResult } from '@samepoint/shared-protocol';
import { hiddenEditedLayers } from '../../../edits/hidden-edits.js';
import type { MainToUi, Problem } from '../../../shared/messages.js';
import { listNames, messageOf } from '../../../shared/text.js';
import { reduceResult } from '../done.js';
import { failedTargets } from '../frame-problems.js';
import { enter, type Flow, type FlowEvent, type Run, savePending, stay, type Transition, toPick } from '../state.js';
import { acceptedOperations } from './edits-choices.js';
import { leftEdits, leftOf, withLeftChoices } from './edits-left.js';
import { correctTargets, mergeAll } from './edits-merge.js';
import { type EditRow, type EditsMerge, editGroupKey, editRows, frameGroupKey, rowKey } from './edits-rows.js';
import type { Correction, EditsPreview, EditsState } from './edits-state.js';

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
    run: { ...run, notices: [...hiddenNotices(flow, run, merged), ...run.notices] },
    ...merged,
    failed,
    threshold: flow.preferences.threshold,
    choices: new Map(),
    corrections: [],
    groupBy: 'edit',
    filter: 'all',
    expanded: new Set(),
    correcting: null,
    problem: null,
  };
  const left = leftOf(flow);
  const restored = left === null ? preview : withLeftChoices(left.corrections.reduce(withCorrection, preview), left);
  const { byKey, byEdit, byFrame } = editRows(restored);
  const open = byKey.size <= OPEN_ROWS ? [...byEdit, ...byFrame].map(({ key }) => key) : [];
  return enter({ ...flow, left: null }, { ...restored, expanded: new Set(open) });
}

/** For two versions; of a recording the main thread knows it before the run. */
function hiddenNotices({ picks }: Flow, { frames }: Run, { base, ours, edits }: EditsMerge): string[] {
  const source = frames.find(({ nodeId }) => nodeId === picks.source?.nodeId);
  if (picks.after === null || source === undefined) return [];
  const hidden = hiddenEditedLayers(edits, new Set(source.layers.map(({ layerId }) => layerId)), base, ours);
  if (hidden.length === 0) return [];
  return [
    `Edits of hidden layers are not transferred: ${listNames(hidden)}. Show them in “${source.name}” and start again.`,
  ];
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
    case 'preferences':
      return enter(flow, { ...state, threshold: flow.preferences.threshold });
    case 'preview.filter':
      return enter(flow, { ...state, filter: event.filter, correcting: null });
    case 'edits.group-by':
      return enter(flow, { ...state, groupBy: event.groupBy, correcting: null });
    case 'edits.expand': {
      const expanded = new Set(state.expanded);
      if (event.on) expanded.add(event.key);
      else expanded.delete(event.key);
      return enter(flow, { ...state, expanded });
    }
    case 'preview.correcting':
      return enter(flow, { ...state, correcting: event.key });
    case 'preview.correct':
      return correct(flow, state, event.key, event.layerId);
    case 'apply':
      return startApply(flow, state);
    case 'back':
      return toPick({ ...flow, left: leftEdits(flow, state) });
    default:
      return stay(flow);
  }
}

/** All edits of a source layer go to another layer of the target, or to none. */
function correct(flow: Flow, state: EditsPreview, key: string, layerId: string | null): Transition {
  const row = editRows(state).byKey.get(key);
  if (row === undefined) return stay(flow);
  const { target, sourceLayerId } = row;
  const correction = { targetId: target.frame.nodeId, sourceLayerId, layerId };
  const next = withCorrection(state, correction);
  const rows = [...editRows(next).byKey.values()].filter(
    (each) => each.target.frame.nodeId === correction.targetId && each.sourceLayerId === sourceLayerId,
  );
  return enter(flow, { ...next, ...openAndReset(state, rows), correcting: null });
}

/** The preview with one target merged again. */
function withCorrection(preview: EditsPreview, correction: Correction): EditsPreview {
  const { targetId, sourceLayerId } = correction;
  const others = preview.corrections.filter(
    (each) => each.targetId !== targetId || each.sourceLayerId !== sourceLayerId,
  );
  return { ...preview, targets: correctTargets(preview, correction), corrections: [...others, correction] };
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
      return enter(
        flow,
        message.edit === undefined ? { ...preview, problem: message.problem } : withoutEdit(preview, message.edit),
      );
    default:
      return stay(flow);
  }
}

type RejectedEdit = NonNullable<Extract<MainToUi, { type: 'apply.failed' }>['edit']>;

/** The preview with an edit off that Figma rejects, so that the others can be applied. */
function withoutEdit(preview: EditsPreview, { targetId, editId, reason }: RejectedEdit): EditsPreview {
  const key = rowKey(targetId, editId);
  const row = editRows(preview).byKey.get(key);
  const name = row === undefined ? 'a change' : `“${row.label}” in “${row.target.frame.name}”`;
  return {
    ...preview,
    choices: new Map(preview.choices).set(key, 'off'),
    problem: {
      message: `Figma rejected ${name}, and all changes were undone: ${reason}.`,
      hint: 'That edit is off now. Apply again to write the others.',
    },
  };
}

function reduceDone(flow: Flow, state: Extract<EditsState, { name: 'edits-done' }>, event: FlowEvent): Transition {
  return reduceResult(flow, state, event, (next, effects) => enter(flow, next, effects));
}
