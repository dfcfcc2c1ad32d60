import { type ErrorPayload, imageLabel, MATCHING_STAGES } from '@samepoint/shared-protocol';
import type { Problem } from '../../../shared/messages.js';
import { failedTarget } from '../frame-problems.js';
import { type ImageJobStep, reduceImageJob, startImageJob } from '../image-job.js';
import { chooseBackend, type HashedFrame } from '../request.js';
import type { Flow, FlowEffect, FlowEvent } from '../state.js';
import type { InspectJob, InspectOpen, TargetMatches } from './inspect-state.js';

/** The best match of a target and its runners-up. */
const MATCHES = 5;

/** Delay before the next job if the daemon is busy and names none. */
const RETRY_MS = 2000;

/** The state after a step, and its effects; `failure` ends it. */
export interface Advance {
  open: InspectOpen;
  effects: FlowEffect[];
  failure?: ErrorPayload;
}

/**
 * Starts the next job, unless one is in flight. Frames in view come first, the one with the oldest answer before the
 * others, so that all of them follow a moving point. A running job is never cancelled for a newer point: that would end
 * the daemon's engine, and a job on known features takes 10 ms.
 */
export function askNext(flow: Flow, open: InspectOpen): Advance {
  if (!flow.daemon.connected || open.job !== null || open.isWaiting) return { open, effects: [] };
  const next = nextTask(flow, open);
  if (next === null) return { open, effects: [] };
  const { target, isRefining } = next;
  const { source, jobId } = open.run;
  const { x, y, number } = open.point;
  const stages = flow.daemon.features.includes(MATCHING_STAGES) ? { coarseToFine: isRefining } : {};
  const images = { source: source.imageId, target: target.imageId };
  const step = startImageJob(flow, {
    jobId: `${jobId}-${open.jobs + 1}`,
    images: [source, target].filter(({ imageId }) => !open.held.has(imageId)),
    request: { kind: 'inspect', ...images, point: { x, y }, matches: MATCHES, ...stages },
  });
  const jobs = open.jobs + 1;
  return afterStep(flow, { ...open, jobs }, { targetId: target.nodeId, number, isRefining }, step);
}

interface Task {
  target: HashedFrame;
  isRefining: boolean;
}

function nextTask(flow: Flow, open: InspectOpen): Task | null {
  const { run, results, problems, point, inView, isMoving } = open;
  const targets = run.targets.filter(({ nodeId }) => !problems.has(nodeId));
  const numberOf = ({ nodeId }: HashedFrame) => results.get(nodeId)?.number ?? -1;
  const outdated = targets
    .filter((target) => numberOf(target) < point.number)
    .sort((one, other) => numberOf(one) - numberOf(other));
  const [target] = [
    ...outdated.filter(({ nodeId }) => inView.has(nodeId)),
    ...outdated.filter(({ nodeId }) => !isMoving && !inView.has(nodeId)),
  ];
  if (target !== undefined) return { target, isRefining: false };
  if (isMoving || !refines(flow)) return null;
  const rough = targets.find(({ nodeId }) => inView.has(nodeId) && results.get(nodeId)?.isRefined === false);
  return rough === undefined ? null : { target: rough, isRefining: true };
}

/** Only the embedded network is known to gain from refined positions, which cost much more than a click. */
function refines({ daemon, preferences }: Flow): boolean {
  const backend = chooseBackend(daemon.backends, preferences.backend);
  return backend?.state === 'embedded' && daemon.features.includes(MATCHING_STAGES);
}

/** What a message of the daemon does to the job in flight. */
export function reduceInspectJob(flow: Flow, open: InspectOpen, event: FlowEvent): Advance {
  if (open.job === null) return { open, effects: [] };
  const { job, ...task } = open.job;
  const step = reduceImageJob(flow, job, event);
  return step === null ? { open, effects: [] } : afterStep(flow, open, task, step);
}

type JobTask = Omit<InspectJob, 'job'>;

function afterStep(flow: Flow, open: InspectOpen, task: JobTask, step: ImageJobStep): Advance {
  switch (step.kind) {
    case 'goes-on':
      return { open: { ...open, job: { ...task, job: step.job } }, effects: step.effects };
    case 'cancelled':
      return { open: { ...open, job: null }, effects: step.effects };
    case 'failed':
      return afterFailure(flow, { ...open, job: null }, task, step.error);
    case 'result': {
      if (step.result.kind !== 'inspect') return { open, effects: [] };
      const { matches, heatmap } = step.result;
      const { number, isRefining: isRefined } = task;
      const found: TargetMatches = { number, isRefined, matches, heatmap, cells: step.payload };
      const results = new Map(open.results).set(task.targetId, found);
      return askNext(flow, { ...open, job: null, results, held: withImages(open, task) });
    }
  }
}

function withImages({ run, held }: InspectOpen, { targetId }: JobTask): ReadonlySet<string> {
  const target = run.targets.find(({ nodeId }) => nodeId === targetId);
  return new Set([...held, run.source.imageId, ...(target === undefined ? [] : [target.imageId])]);
}

/** Errors that every further job would meet, too. */
const FOR_ALL_TARGETS: ReadonlySet<ErrorPayload['code']> = new Set([
  'MODEL_MISSING',
  'MODEL_INVALID',
  'BACKEND_UNKNOWN',
  'JOB_KIND_UNSUPPORTED',
]);

function afterFailure(flow: Flow, open: InspectOpen, { targetId }: JobTask, error: ErrorPayload): Advance {
  const { run } = open;
  const target = run.targets.find(({ nodeId }) => nodeId === targetId);
  if (error.code === 'IMAGE_MISSING') return askNext(flow, { ...open, held: new Set() });
  if (error.code === 'QUEUE_FULL' || error.code === 'RATE_LIMITED') {
    const ms = error.retryAfterMs ?? RETRY_MS;
    return { open: { ...open, isWaiting: true }, effects: [{ type: 'inspect.wait', ms }] };
  }
  const isAboutSource = error.message.includes(imageLabel(run.source.imageId));
  if (isAboutSource || FOR_ALL_TARGETS.has(error.code) || target === undefined) {
    return { open, effects: [], failure: error };
  }
  return askNext(flow, { ...open, problems: new Map(open.problems).set(targetId, problemOf(target, error)) });
}

function problemOf(target: HashedFrame, error: ErrorPayload): Problem {
  const { problem } = failedTarget(target, error);
  return error.code === 'IMAGE_UNREADABLE'
    ? { ...problem, hint: 'Export again. If that fails too, choose a frame inside it.' }
    : problem;
}
