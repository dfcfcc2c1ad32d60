import type { TransferResult } from '@samepoint/shared-protocol';
import { type FailedTarget, failedTargets } from '../frame-problems.js';
import { enter, type Flow, type FlowEvent, type Run, stay, type Transition, toPick } from '../state.js';
import { acceptedPlacements } from './preview-choices.js';
import { correctedPlacement } from './preview-correction.js';
import { leftPreview, withLeftDecisions } from './preview-left.js';
import { type PreviewGroup, type PreviewRow, previewGroups } from './preview-rows.js';
import type { PreviewState } from './preview-state.js';

export function startPreview(flow: Flow, run: Run, result: TransferResult): Transition {
  const preview: PreviewState = {
    name: 'preview',
    run,
    result,
    corrections: new Map(),
    threshold: flow.preferences.threshold,
    choices: new Map(),
    filter: 'all',
    correcting: null,
    intoComponents: new Set(),
    problem: null,
  };
  return enter({ ...flow, leftPreview: null }, withLeftDecisions(flow, preview));
}

/** The state `preview`: the designer chooses which placements to apply. */
export function reducePreview(flow: Flow, state: PreviewState, event: FlowEvent): Transition {
  switch (event.type) {
    case 'include': {
      const choices = new Map(state.choices);
      for (const key of event.keys) choices.set(key, event.on);
      return enter(flow, { ...state, choices });
    }
    case 'preferences':
      return enter(flow, { ...state, threshold: flow.preferences.threshold });
    case 'preview.filter':
      return enter(flow, { ...state, filter: event.filter, correcting: null });
    case 'preview.correcting':
      return enter(flow, { ...state, correcting: event.key });
    case 'preview.correct':
      return correct(flow, state, event.key, event.layerId);
    case 'preview.into-component': {
      const intoComponents = new Set(state.intoComponents);
      if (event.on) intoComponents.add(event.targetId);
      else intoComponents.delete(event.targetId);
      return enter(flow, { ...state, intoComponents });
    }
    case 'apply':
      return startApply(flow, state);
    case 'back':
      return toPick({ ...flow, leftPreview: leftPreview(flow, state) });
    default:
      return stay(flow);
  }
}

interface KnownGroups {
  run: Run;
  result: TransferResult;
  sourceId: string;
  groups: PreviewGroup[];
}

/** Groups by corrections: a checkbox must not compute thousands of rows again. */
const knownGroups = new WeakMap<PreviewState['corrections'], KnownGroups>();

/** The rows of a preview, grouped by target. The same objects while run, result and corrections are the same. */
export function groupsOf(flow: Flow, { run, result, corrections }: PreviewState): readonly PreviewGroup[] {
  const sourceId = flow.picks.source?.nodeId ?? '';
  const known = knownGroups.get(corrections);
  if (known?.run === run && known.result === result && known.sourceId === sourceId) return known.groups;
  const groups = previewGroups({ run, result, corrections }, sourceId);
  knownGroups.set(corrections, { run, result, sourceId, groups });
  return groups;
}

function rowOf(flow: Flow, state: PreviewState, key: string): PreviewRow | undefined {
  return groupsOf(flow, state)
    .flatMap(({ rows }) => rows)
    .find((row) => row.key === key);
}

/** The targets without rows, and why. */
export function failedOf({ run, result }: Pick<PreviewState, 'run' | 'result'>): FailedTarget[] {
  return [...run.failed, ...failedTargets(result, run.frames)];
}

function hasLayer({ target }: PreviewRow, layerId: string | null): boolean {
  return layerId === null || target.layers.some((layer) => layer.layerId === layerId);
}

/** A corrected row has the default choice of its new placement. */
function correct(flow: Flow, state: PreviewState, key: string, layerId: string | null): Transition {
  const row = rowOf(flow, state, key);
  if (row === undefined || !hasLayer(row, layerId)) return stay(flow);
  const placement = correctedPlacement(flow, state, row, layerId);
  const corrections = new Map(state.corrections);
  if (placement === null) corrections.delete(key);
  else corrections.set(key, placement);
  const choices = new Map(state.choices);
  choices.delete(key);
  return enter(flow, { ...state, corrections, choices, correcting: null });
}

/** Sends the included placements to the main thread, the only one with access to the document. */
function startApply(flow: Flow, state: PreviewState): Transition {
  const { source } = flow.picks;
  const accepted = acceptedPlacements(groupsOf(flow, state), state);
  if (source === null || accepted.length === 0) return stay(flow);
  const intoComponents = [...state.intoComponents];
  const places = intoComponents.length === 0 ? {} : { intoComponents };
  return enter(flow, { name: 'applying', preview: { ...state, correcting: null, problem: null } }, [
    { type: 'main', message: { type: 'apply', command: flow.command, sourceId: source.nodeId, accepted, ...places } },
  ]);
}
