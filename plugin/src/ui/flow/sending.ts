import type { Backend, DaemonMessage, ErrorPayload } from '@samepoint/shared-protocol';
import { failedTarget } from './frame-problems.js';
import { buildRequest, chooseBackend } from './request.js';
import {
  enter,
  type Flow,
  type FlowEffect,
  type FlowEvent,
  type Run,
  type StateOf,
  savePending,
  stay,
  type Transition,
  toFailed,
  toPick,
} from './state.js';

/**
 * Offers every image to the daemon and enters `sending`. Without a connection it waits for one first, because
 * the request names one of the daemon's backends.
 */
export function send(flow: Flow, run: Run, before: FlowEffect[] = []): Transition {
  const sent = run.frames.filter((frame) => !run.failed.some(({ nodeId }) => nodeId === frame.nodeId));
  const images = new Map(sent.map((frame) => [frame.imageId, frame]));
  const unanswered = [...images.keys()];
  if (!flow.daemon.connected) return enter(flow, { name: 'sending', run, request: null, unanswered }, before);
  const backend = chooseBackend(flow.daemon.backends, flow.backend);
  if (backend === null || backend.state === 'missing') return toFailed(flow, run, modelMissing(backend));
  const built = buildRequest({ ...requestedIds(flow, run), frames: run.frames, items: run.items }, backend.id);
  if (!built.ok) return toPick(flow, built.problem);
  const offers = [...images.values()].map(
    ({ imageId, width, height, png }): FlowEffect => ({
      type: 'daemon',
      message: { type: 'image.offer', imageId, width, height, bytes: png.length },
    }),
  );
  return enter(flow, { name: 'sending', run, request: built.request, unanswered }, [...before, ...offers]);
}

/** Failed targets are not part of the request. */
function requestedIds(flow: Flow, { failed }: Run): { sourceId: string; targetIds: string[] } {
  const targetIds = flow.picks.targets.map((target) => target.nodeId);
  return {
    sourceId: flow.picks.source?.nodeId ?? '',
    targetIds: targetIds.filter((id) => !failed.some(({ nodeId }) => nodeId === id)),
  };
}

function modelMissing(backend: Backend | null): ErrorPayload {
  return {
    code: 'MODEL_MISSING',
    message:
      backend === null ? 'No model for comparing frames is installed.' : `“${backend.title}” isn’t downloaded yet.`,
    hint: 'It is downloaded once and stays on this computer.',
    retryable: false,
    ...(backend === null ? {} : { details: { modelId: backend.id } }),
  };
}

/** Sends the same input again as a new job, since the id of the old one is used up. */
export function retry(flow: Flow, run: Run): Transition {
  const next = { ...run, jobId: nextJobId(run.jobId) };
  return send(flow, next, [savePending(flow, next.jobId)]);
}

/** `abc` → `abc.2` → `abc.3`. */
function nextJobId(jobId: string): string {
  const [base = jobId, count = '1'] = jobId.split('.');
  return `${base}.${Number(count) + 1}`;
}

/** The state `sending`: the daemon answers each offered image with `image.need` or `image.have`. */
export function reduceSending(flow: Flow, state: StateOf<'sending'>, event: FlowEvent): Transition {
  switch (event.type) {
    case 'daemon':
      return reduceMessage(flow, state, event.message);
    case 'connected':
      return send(flow, state.run);
    case 'cancel':
      return toPick(flow);
    default:
      return stay(flow);
  }
}

function reduceMessage(flow: Flow, state: StateOf<'sending'>, message: DaemonMessage): Transition {
  switch (message.type) {
    case 'image.need': {
      const frame = state.run.frames.find(({ imageId }) => imageId === message.imageId);
      if (frame === undefined) return stay(flow);
      return imageAnswered(flow, state, message.imageId, [{ type: 'image', imageId: frame.imageId, png: frame.png }]);
    }
    case 'image.have':
      return imageAnswered(flow, state, message.imageId, []);
    case 'error':
      return refuseTargets(flow, state, message) ?? failOnError(flow, state.run, message.error);
    default:
      return stay(flow);
  }
}

/**
 * Leaves out the targets whose image the daemon does not accept.
 * @returns undefined if the error is not about targets, or concerns all of them
 */
function refuseTargets(
  flow: Flow,
  state: StateOf<'sending'>,
  { imageId, error }: Extract<DaemonMessage, { type: 'error' }>,
): Transition | undefined {
  const { run, request } = state;
  if (imageId === undefined || error.code !== 'IMAGE_TOO_LARGE' || request === null) return undefined;
  const targets = request.targets.filter(({ frame }) => frame.imageId !== imageId);
  if (request.source.imageId === imageId || targets.length === 0) return undefined;
  const refused = run.frames.filter((frame) => frame.imageId === imageId).map((frame) => failedTarget(frame, error));
  const rest = { ...state, run: { ...run, failed: [...run.failed, ...refused] }, request: { ...request, targets } };
  return imageAnswered(flow, rest, imageId, []);
}

/** Starts the job after the last image. The socket preserves order, so the job arrives after its images. */
function imageAnswered(flow: Flow, state: StateOf<'sending'>, imageId: string, effects: FlowEffect[]): Transition {
  const { run, request } = state;
  const unanswered = state.unanswered.filter((id) => id !== imageId);
  if (unanswered.length > 0 || request === null) return enter(flow, { ...state, unanswered }, effects);
  return enter(flow, { name: 'running', run, request, position: 0, progress: null }, [
    ...effects,
    { type: 'daemon', message: { type: 'job.start', jobId: run.jobId, request } },
  ]);
}

/** Fails the run, unless the error is about another job that ended before its cancel arrived, or about a download. */
export function failOnError(flow: Flow, run: Run, error: ErrorPayload): Transition {
  const isUnrelated = error.code === 'JOB_UNKNOWN' || error.details?.modelId !== undefined;
  return isUnrelated ? stay(flow) : toFailed(flow, run, error);
}
