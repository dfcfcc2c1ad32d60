import type { AlignResult as AlignJobResult } from '@samepoint/shared-protocol';
import type { ComparedPicture, PlacedImage } from '../../../shared/comparison.js';
import type { MainToUi, Problem } from '../../../shared/messages.js';
import { reduceUndo } from '../done.js';
import { nextJobId, reduceFailure } from '../failure.js';
import { followImageJob } from '../follow-job.js';
import { cancelImageJob, type ImageJobStep, reduceImageJob, startImageJob } from '../image-job.js';
import {
  enter,
  type Flow,
  type FlowEffect,
  type FlowEvent,
  type Run,
  savePending,
  stay,
  type Transition,
  toPick,
} from '../state.js';
import { afterStep, compareLayers } from './align-layers.js';
import { problemOfAlignment } from './align-refusal.js';
import type { AlignedVersions, AlignResult, AlignRun, AlignStep, AlignTab, LayerChanges } from './align-state.js';

type Comparing = Extract<AlignStep, { step: 'comparing' }>;
type Failed = Extract<AlignStep, { step: 'failed' }>;

const WIDE: FlowEffect = { type: 'main', message: { type: 'window', size: 'wide' } };
const STANDARD: FlowEffect = { type: 'main', message: { type: 'window', size: 'standard' } };

/** Aligns the exported versions. The comparison of their layers follows. */
export function startAlign(flow: Flow, run: Run): Transition {
  const { source, after } = flow.picks;
  const frameOf = (nodeId: string | undefined) => run.frames.find((frame) => frame.nodeId === nodeId);
  const [before, second] = [frameOf(source?.nodeId), frameOf(after?.nodeId)];
  if (before === undefined || second === undefined) return toPick(flow, VERSION_MISSING);
  return align(flow, { run, before, after: second });
}

const VERSION_MISSING: Problem = {
  message: 'One of the two versions was not exported.',
  hint: 'It may be deleted or hidden. Choose the versions again.',
};

function align(flow: Flow, versions: AlignRun): Transition {
  const { run, before, after } = versions;
  const request = { kind: 'align', source: before.imageId, target: after.imageId } as const;
  return advance(flow, versions, startImageJob(flow, { jobId: run.jobId, images: [before, after], request }));
}

/** The state `align`. */
export function reduceAlign(flow: Flow, state: AlignStep, event: FlowEvent): Transition {
  switch (state.step) {
    case 'comparing':
      return reduceComparing(flow, state, event);
    case 'failed':
      return reduceFailed(flow, state, event);
    case 'result':
      return reduceResult(flow, state, event);
  }
}

function enterStep(flow: Flow, step: AlignStep, effects: FlowEffect[] = []): Transition {
  return enter(flow, { name: 'align', align: step }, effects);
}

function reduceComparing(flow: Flow, { versions, job }: Comparing, event: FlowEvent): Transition {
  const step = reduceImageJob(flow, job, event);
  return step === null ? stay(flow) : advance(flow, versions, step);
}

function advance(flow: Flow, versions: AlignRun, step: ImageJobStep): Transition {
  return followImageJob(flow, step, {
    ...{ kind: 'align', frames: [versions.before, versions.after] },
    goOn: (job, effects) => enterStep(flow, { step: 'comparing', versions, job }, effects),
    finish: (result, payload) => showResult(flow, versions, result, payload),
    fail: (failure, effects) => enterStep(flow, { step: 'failed', versions, ...failure }, effects),
  });
}

function reduceFailed(flow: Flow, state: Failed, event: FlowEvent): Transition {
  const { versions } = state;
  return reduceFailure(flow, state, event, {
    enter: ({ error, download }, effects) => enterStep(flow, { ...state, error, download }, effects),
    retry: () => align(flow, withNextId(versions)),
  });
}

/** The id of a failed job is used up. */
function withNextId(versions: AlignRun): AlignRun {
  return { ...versions, run: { ...versions.run, jobId: nextJobId(versions.run.jobId) } };
}

function showResult(flow: Flow, versions: AlignRun, result: AlignJobResult, payload: Uint8Array): Transition {
  const alignment = alignmentOf(result, payload);
  const { changes, effects } = compareLayers(flow, versions);
  const isRefused = alignment.state === 'refused';
  const tab: AlignTab = !isRefused ? 'overlay' : changes.state === 'none' ? 'differences' : 'changes';
  const shown: AlignResult = {
    ...{ step: 'result', versions, alignment, changes, tab },
    ...{ placing: null, placed: null, problem: null },
  };
  return enterStep(flow, shown, [WIDE, ...effects, ...forget(flow, changes)]);
}

/** Nothing is left to resume once the layers are compared. */
function forget(flow: Flow, { state }: LayerChanges): FlowEffect[] {
  return state === 'comparing' ? [] : [savePending(flow, null)];
}

/** Cuts the payload: the aligned version, the overlay, the residual map. */
function alignmentOf({ outcome }: AlignJobResult, payload: Uint8Array): AlignedVersions {
  if (outcome.state === 'refused') {
    return { state: 'refused', problem: problemOfAlignment(outcome.cause), detail: outcome.reason };
  }
  const { fit, coverage, difference, alignedPngBytes, overlayPngBytes, residualPngBytes } = outcome;
  const start = alignedPngBytes + overlayPngBytes;
  return {
    ...{ state: 'aligned', fit, coverage, difference },
    aligned: payload.slice(0, alignedPngBytes),
    residual: payload.slice(start, start + residualPngBytes),
  };
}

function reduceResult(flow: Flow, state: AlignResult, event: FlowEvent): Transition {
  switch (event.type) {
    case 'align.tab':
      return enterStep(flow, { ...state, tab: event.tab });
    case 'align.place':
      return place(flow, state, event.picture, event.opacity);
    case 'back':
    case 'cancel':
      return toPick(flow, null, [...stopChanges(state), STANDARD]);
    case 'retry':
      return state.changes.state === 'failed' ? compareAgain(flow, state) : stay(flow);
    case 'main':
      return reduceMain(flow, state, event.message) ?? reducePlaced(flow, state, event);
    case 'undo':
      return reducePlaced(flow, state, event);
    default:
      return reduceChanges(flow, state, event);
  }
}

function stopChanges({ changes }: AlignResult): FlowEffect[] {
  return changes.state === 'comparing' ? cancelImageJob(changes.job) : [];
}

function compareAgain(flow: Flow, state: AlignResult): Transition {
  const versions = withNextId(state.versions);
  const { changes, effects } = compareLayers(flow, versions);
  return enterStep(flow, { ...state, versions, changes }, effects);
}

function reduceChanges(flow: Flow, state: AlignResult, event: FlowEvent): Transition {
  if (state.changes.state !== 'comparing') return stay(flow);
  const step = reduceImageJob(flow, state.changes.job, event);
  if (step === null) return stay(flow);
  const { changes, effects } = afterStep(state.versions, step);
  return enterStep(flow, { ...state, changes }, [...effects, ...forget(flow, changes)]);
}

function place(flow: Flow, state: AlignResult, picture: ComparedPicture, opacity: number): Transition {
  const { alignment, versions } = state;
  if (alignment.state === 'refused' || state.placing !== null) return stay(flow);
  const { before, after } = versions;
  const overlay: PlacedImage[] = [
    { png: after.png, opacity: 1 },
    { png: alignment.aligned, opacity },
  ];
  const images = picture === 'overlay' ? overlay : [{ png: alignment.residual, opacity: 1 }];
  return enterStep(flow, { ...state, placing: picture, problem: null }, [
    {
      type: 'main',
      message: { type: 'comparison.place', sourceId: before.nodeId, afterId: after.nodeId, picture, images },
    },
  ]);
}

function reduceMain(flow: Flow, state: AlignResult, message: MainToUi): Transition | null {
  const { placing } = state;
  if (placing === null) return null;
  if (message.type === 'apply.failed') return enterStep(flow, { ...state, placing: null, problem: message.problem });
  if (message.type !== 'applied') return null;
  const { created, updated, skipped } = message.summary;
  if (created + updated > 0) {
    const placed = { picture: placing, undo: 'available', problem: null } as const;
    return enterStep(flow, { ...state, placing: null, placed });
  }
  const problem = { message: skipped[0]?.reason ?? 'Nothing was placed.', hint: 'Nothing on the canvas was changed.' };
  return enterStep(flow, { ...state, placing: null, problem });
}

function reducePlaced(flow: Flow, state: AlignResult, event: FlowEvent): Transition {
  const { placed } = state;
  const undone = placed === null ? null : reduceUndo(placed, event);
  if (placed === null || undone === null) return stay(flow);
  return enterStep(flow, { ...state, placed: { ...placed, ...undone.state } }, undone.effects);
}
