import type { Backend, DaemonMessage, ErrorPayload, JobStatus } from '@samepoint/shared-protocol';
import type { ExportedFrame, ExportedItem } from '../../shared/messages.js';
import { buildRequest, chooseBackend, hashFrame } from './build-request.js';
import { renamePicks } from './flow-pick.js';
import { startPreview } from './flow-preview.js';
import {
  enter,
  type Flow,
  type FlowEffect,
  type FlowStep,
  type Step,
  savePending,
  stay,
  toPick,
  type Work,
} from './flow-state.js';

type At<Name extends Step['name']> = Extract<Step, { name: Name }>;

/** Takes a frame's pixels in; one that nobody asked for is left aside. */
export function takeFrame(flow: Flow, step: At<'exporting'>, frame: ExportedFrame): FlowStep {
  const { source, targets } = flow.picks;
  const isPicked = [source, ...targets].some((pick) => pick?.nodeId === frame.nodeId);
  if (!isPicked) return stay(flow);
  const frames = [...step.frames.filter((known) => known.nodeId !== frame.nodeId), hashFrame(frame)];
  return enter({ ...flow, picks: renamePicks(flow.picks, frame) }, { ...step, frames, done: frames.length });
}

/** Everything is exported: on to the daemon. */
export function finishExport(
  flow: Flow,
  step: At<'exporting'>,
  items: readonly ExportedItem[],
  notices: readonly string[],
): FlowStep {
  return send(flow, { jobId: step.jobId, frames: step.frames, items, notices });
}

/**
 * Offers every image and waits for the answers. Without a connection it waits for one first; the backend
 * is chosen among what the daemon then says it has.
 */
function send(flow: Flow, work: Work, before: FlowEffect[] = []): FlowStep {
  const images = new Map(work.frames.map((frame) => [frame.imageId, frame]));
  const unanswered = [...images.keys()];
  if (!flow.link.connected) return enter(flow, { name: 'sending', work, request: null, unanswered }, before);
  const backend = chooseBackend(flow.link.backends, flow.backend);
  if (backend === null || backend.state === 'missing') return fail(flow, work, noModel(backend));
  const built = buildRequest({ ...idsOf(flow), frames: work.frames, items: work.items }, backend.id);
  if (!built.ok) return toPick(flow, built.problem);
  const offers = [...images.values()].map(
    ({ imageId, width, height, png }): FlowEffect => ({
      type: 'daemon',
      message: { type: 'image.offer', imageId, width, height, bytes: png.length },
    }),
  );
  return enter(flow, { name: 'sending', work, request: built.request, unanswered }, [...before, ...offers]);
}

function idsOf(flow: Flow): { sourceId: string; targetIds: string[] } {
  return {
    sourceId: flow.picks.source?.nodeId ?? '',
    targetIds: flow.picks.targets.map((target) => target.nodeId),
  };
}

function noModel(backend: Backend | null): ErrorPayload {
  return {
    code: 'MODEL_MISSING',
    message:
      backend === null
        ? 'No model is installed that can compare the frames.'
        : `“${backend.title}” is not on this computer yet.`,
    hint: 'It is downloaded once and stays on this computer.',
    retryable: false,
    ...(backend === null ? {} : { details: { modelId: backend.id } }),
  };
}

function fail(flow: Flow, work: Work, error: ErrorPayload): FlowStep {
  return enter(flow, { name: 'failed', work, error, download: null }, [savePending(flow, null)]);
}

/**
 * A message could not be taken. That an earlier job has ended before its cancel came is no concern of this run, and
 * neither is the download of a model.
 */
function failWith(flow: Flow, work: Work, error: ErrorPayload): FlowStep {
  const isElsewhere = error.code === 'JOB_UNKNOWN' || error.details?.modelId !== undefined;
  return isElsewhere ? stay(flow) : fail(flow, work, error);
}

/** Runs the same work again, as a new job: the former one has ended and its id with it. */
export function retry(flow: Flow, work: Work): FlowStep {
  const again = { ...work, jobId: nextJobId(work.jobId) };
  return send(flow, again, [savePending(flow, again.jobId)]);
}

/** `abc` → `abc.2` → `abc.3`. */
function nextJobId(jobId: string): string {
  const [base = jobId, count = '1'] = jobId.split('.');
  return `${base}.${Number(count) + 1}`;
}

/** A connection is there (again). A job that the daemon still knows is joined, any other is sent anew under its id. */
export function resume(flow: Flow, jobs: readonly JobStatus[]): FlowStep {
  const { step } = flow;
  if (step.name === 'sending') return send(flow, step.work);
  if (step.name !== 'running') return stay(flow);
  const { jobId } = step.work;
  if (!jobs.some((job) => job.jobId === jobId)) return send(flow, step.work);
  return { flow, effects: [{ type: 'daemon', message: { type: 'job.start', jobId, request: step.request } }] };
}

/** Messages of the daemon while images are on their way. */
export function stepSending(flow: Flow, step: At<'sending'>, message: DaemonMessage): FlowStep {
  switch (message.type) {
    case 'image.need': {
      const frame = step.work.frames.find(({ imageId }) => imageId === message.imageId);
      if (frame === undefined) return stay(flow);
      return answered(flow, step, message.imageId, [{ type: 'image', imageId: frame.imageId, png: frame.png }]);
    }
    case 'image.have':
      return answered(flow, step, message.imageId, []);
    case 'error':
      return failWith(flow, step.work, message.error);
    default:
      return stay(flow);
  }
}

/** The socket keeps the order, so the job may follow its last image at once. */
function answered(flow: Flow, step: At<'sending'>, imageId: string, effects: FlowEffect[]): FlowStep {
  const { work, request } = step;
  const unanswered = step.unanswered.filter((id) => id !== imageId);
  if (unanswered.length > 0 || request === null) return enter(flow, { ...step, unanswered }, effects);
  return enter(flow, { name: 'running', work, request, position: 0, progress: null }, [
    ...effects,
    { type: 'daemon', message: { type: 'job.start', jobId: work.jobId, request } },
  ]);
}

/** Messages of the daemon while the job waits or runs; those of other jobs mean nothing here. */
export function stepRunning(flow: Flow, step: At<'running'>, message: DaemonMessage): FlowStep {
  const { work } = step;
  if ('jobId' in message && message.jobId !== work.jobId) return stay(flow);
  switch (message.type) {
    case 'job.accepted':
      return enter(flow, { ...step, position: message.position });
    case 'job.progress':
      return enter(flow, { ...step, position: 0, progress: message.progress });
    case 'job.result':
      return message.result.kind === 'transfer' ? startPreview(flow, work, message.result) : stay(flow);
    case 'job.failed':
      return fail(flow, work, message.error);
    case 'job.cancelled':
      return toPick(flow);
    case 'error':
      return failWith(flow, work, message.error);
    default:
      return stay(flow);
  }
}

/** Leaves the run; its picks stay. The daemon is told when it works for it already. */
export function cancel(flow: Flow): FlowStep {
  const { step } = flow;
  switch (step.name) {
    case 'exporting':
      return toPick(flow, null, [{ type: 'main', message: { type: 'export.cancel' } }]);
    case 'sending':
      return toPick(flow);
    case 'running':
      return toPick(flow, null, [{ type: 'daemon', message: { type: 'job.cancel', jobId: step.work.jobId } }]);
    default:
      return stay(flow);
  }
}
