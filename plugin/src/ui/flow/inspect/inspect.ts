import type { Point } from '@samepoint/shared-protocol';
import type { Problem, SelectedLayer } from '../../../shared/messages.js';
import { nextJobId, reduceFailure } from '../failure.js';
import { withFrameNames } from '../frame-problems.js';
import { cancelImageJob } from '../image-job.js';
import type { HashedFrame } from '../request.js';
import {
  enter,
  type Flow,
  type FlowEffect,
  type FlowEvent,
  type Run,
  stay,
  type Transition,
  toPick,
} from '../state.js';
import { reduceAction } from './inspect-actions.js';
import { reduceExportAgain, startExportAgain } from './inspect-export.js';
import { type Advance, askNext, reduceInspectJob } from './inspect-jobs.js';
import type { InspectOpen, InspectRun, InspectStep } from './inspect-state.js';
import { layerAt } from './layer-at.js';

type Failed = Extract<InspectStep, { step: 'failed' }>;

const WIDE: FlowEffect = { type: 'main', message: { type: 'window', size: 'wide' } };
const STANDARD: FlowEffect = { type: 'main', message: { type: 'window', size: 'standard' } };
const NO_PENDING: FlowEffect = { type: 'main', message: { type: 'pending.save', pending: null } };

/** Shows the exported frames, with the point on the selected layer of the source, else in its middle. */
export function startInspect(flow: Flow, { jobId, frames, failed, notices }: Run): Transition {
  const source = frames.find(({ nodeId }) => nodeId === flow.picks.source?.nodeId);
  if (source === undefined) return toPick(flow, SOURCE_MISSING);
  const picked = flow.picks.targets.flatMap(({ nodeId }) => frames.find((frame) => frame.nodeId === nodeId) ?? []);
  const targets = flow.picks.targets.length === 0 ? [source] : picked;
  const open: InspectOpen = {
    step: 'open',
    run: { jobId, source, targets, failed, notices },
    point: { ...firstPoint(flow, source), number: 1 },
    isMoving: false,
    results: new Map(),
    problems: new Map(),
    held: new Set(),
    job: null,
    jobs: 0,
    isWaiting: false,
    inView: new Set(),
    chosen: null,
    note: null,
    done: null,
    problem: null,
    changed: new Set(),
    exporting: null,
  };
  return advance(flow, askNext(flow, open), [NO_PENDING, WIDE]);
}

const SOURCE_MISSING: Problem = {
  message: 'The source was not exported.',
  hint: 'It may be deleted or hidden. Choose the frames again.',
};

function firstPoint({ selection }: Flow, source: HashedFrame): Point {
  const selected = new Set(selection.layers.map(({ nodeId }) => nodeId));
  const layer = source.layers.find(({ layerId }) => selected.has(layerId) && layerId !== source.nodeId);
  const { x, y, w, h } = layer?.box ?? { x: 0, y: 0, w: source.width, h: source.height };
  return inside(source, { x: x + w / 2, y: y + h / 2 });
}

/** The nearest point on the picture. */
function inside({ width, height }: HashedFrame, { x, y }: Point): Point {
  return { x: Math.min(Math.max(x, 0), width - 1), y: Math.min(Math.max(y, 0), height - 1) };
}

/** The state `inspect`. */
export function reduceInspect(flow: Flow, state: InspectStep, event: FlowEvent): Transition {
  return state.step === 'open' ? reduceOpen(flow, state, event) : reduceFailedStep(flow, state, event);
}

function reduceOpen(flow: Flow, open: InspectOpen, event: FlowEvent): Transition {
  switch (event.type) {
    case 'inspect.point':
      return movePoint(flow, open, event.point, event.isMoving);
    case 'inspect.in-view': {
      const inView = new Set(open.inView);
      if (event.on) inView.add(event.targetId);
      else inView.delete(event.targetId);
      return advance(flow, askNext(flow, { ...open, inView }));
    }
    case 'inspect.self':
      return advance(flow, askNext(flow, withSelf(open, event.on)));
    case 'inspect.try-again': {
      const problems = new Map(open.problems);
      problems.delete(event.targetId);
      return advance(flow, askNext(flow, { ...open, problems }));
    }
    case 'inspect.waited':
      return advance(flow, askNext(flow, { ...open, isWaiting: false }));
    case 'connected':
      // the daemon may have restarted
      return advance(flow, askNext(flow, { ...open, job: null, held: new Set(), isWaiting: false }));
    case 'daemon':
      return advance(flow, reduceInspectJob(flow, open, event));
    case 'back':
      return toPick(flow, null, leave(open));
    case 'inspect.carry':
      return carryOver(flow, open, event.command);
    case 'inspect.export-again':
      return advance(flow, startExportAgain(flow, open));
    default:
      return advance(flow, reduceExportAgain(flow, open, event) ?? reduceAction(open, event));
  }
}

/** A new point, or the end of a movement, after which all frames are searched. */
function movePoint(flow: Flow, open: InspectOpen, to: Point, isMoving: boolean): Transition {
  const point = inside(open.run.source, to);
  const isSame = point.x === open.point.x && point.y === open.point.y;
  if (isSame && isMoving === open.isMoving) return stay(flow);
  const number = isSame ? open.point.number : open.point.number + 1;
  const done = isSame ? open.done : null;
  return advance(flow, askNext(flow, { ...open, point: { ...point, number }, isMoving, done }));
}

/** The source is the last target, if it is one. */
function withSelf(open: InspectOpen, on: boolean): InspectOpen {
  const { run } = open;
  const others = run.targets.filter(({ nodeId }) => nodeId !== run.source.nodeId);
  return { ...open, run: { ...run, targets: on ? [...others, run.source] : others } };
}

function advance(flow: Flow, { open, effects, failure }: Advance, before: FlowEffect[] = []): Transition {
  if (failure === undefined) return enter(flow, { name: 'inspect', inspect: open }, [...before, ...effects]);
  const failed: Failed = { step: 'failed', open, error: namedError(open.run, failure), download: null };
  return enter(flow, { name: 'inspect', inspect: failed }, [...before, ...effects, STANDARD]);
}

function namedError(run: InspectRun, failure: Failed['error']): Failed['error'] {
  return withFrameNames(failure, [run.source, ...run.targets]);
}

function reduceFailedStep(flow: Flow, state: Failed, event: FlowEvent): Transition {
  return reduceFailure(flow, state, event, {
    enter: ({ error, download }, effects) =>
      enter(flow, { name: 'inspect', inspect: { ...state, error, download } }, effects),
    retry: () => {
      const { open } = state;
      const run = { ...open.run, jobId: nextJobId(open.run.jobId) };
      return advance(flow, askNext(flow, { ...open, run, job: null, held: new Set() }), [WIDE]);
    },
  });
}

/** The effects of leaving. A slow job, which computes features, is stopped; a fast one ends by itself. */
function leave({ job }: InspectOpen): FlowEffect[] {
  const isSlow = job?.job.phase === 'running' && job.job.progress !== null;
  return [...(isSlow ? cancelImageJob(job.job) : []), STANDARD];
}

/** Opens the picks of another command: the layer under the point, and the same frames. */
function carryOver(flow: Flow, open: InspectOpen, command: Flow['command']): Transition {
  const { source } = open.run;
  const layer = layerAt(source.layers, open.point);
  const picks = { ...flow.picks, layers: layer === null ? [] : [selectedLayer(source, layer.layerId)] };
  return toPick({ ...flow, command, picks }, null, leave(open));
}

function selectedLayer(source: HashedFrame, layerId: string): SelectedLayer {
  const layers = new Map(source.layers.map((layer) => [layer.layerId, layer]));
  const ancestorIds: string[] = [];
  for (let id = layers.get(layerId)?.parentId; id !== undefined; id = layers.get(id)?.parentId) ancestorIds.push(id);
  const { name, type } = layers.get(layerId) ?? { name: source.name, type: 'FRAME' };
  return { nodeId: layerId, name, type, ancestorIds, frameId: source.nodeId };
}
