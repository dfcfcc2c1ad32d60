import { type DaemonMessage, type ErrorPayload, LAYER_REFERENCES } from '@samepoint/shared-protocol';
import { COMMAND_FLOWS } from './commands.js';
import { modelMissing, nextJobId } from './failure.js';
import { failedTarget } from './frame-problems.js';
import { buildPart, type RequestParts, stillValid } from './parts.js';
import { chooseBackend } from './request.js';
import {
  enter,
  type Flow,
  type FlowEffect,
  type FlowEvent,
  type Part,
  type Run,
  type StateOf,
  savePending,
  stay,
  type Transition,
  toFailed,
  toPick,
} from './state.js';

/** Sends a run after its export, without what an earlier session has finished. */
export function sendExported(flow: Flow, run: Run): Transition {
  const { exported } = COMMAND_FLOWS[flow.command];
  if (exported !== undefined) return exported(flow, run);
  return send(flow, { ...run, finished: stillValid(requestParts(flow, run), run.finished) });
}

/**
 * Offers the images of the next part to the daemon and enters `sending`; without a next part the run is finished.
 * Without a connection it waits for one first, because the request names one of the daemon's backends.
 */
export function send(flow: Flow, run: Run, before: FlowEffect[] = []): Transition {
  const parts = requestParts(flow, run);
  if (parts.targetIds.length === 0 && run.finished.length > 0) return finish(flow, run);
  if (!flow.daemon.connected) return enter(flow, { name: 'sending', run, part: null, unanswered: [] }, before);
  const backend = chooseBackend(flow.daemon.backends, flow.preferences.backend);
  if (backend === null || backend.state === 'missing') return toFailed(flow, run, modelMissing(backend));
  const built = buildPart(parts, backend.id);
  if (!built.ok) return toPick(flow, built.problem);
  const { request } = built;
  const imageIds = new Set([request.source.imageId, ...request.targets.map(({ frame }) => frame.imageId)]);
  const offers = [...imageIds].flatMap((imageId) => offerOf(run, imageId));
  const part = { jobId: partJobId(run), request };
  return enter(flow, { name: 'sending', run, part, unanswered: [...imageIds] }, [...before, ...offers]);
}

/** The targets that are left. A second version of the source is compared first, like a target. */
export function requestParts(flow: Flow, { frames, items, failed, finished }: Run): RequestParts {
  const { source, after, targets } = flow.picks;
  const done = new Set([...failed.map(({ nodeId }) => nodeId), ...finished.map(({ target }) => target.targetId)]);
  const targetIds = [after, ...targets].flatMap((frame) => (frame === null ? [] : [frame.nodeId]));
  return {
    frames,
    items,
    sourceId: source?.nodeId ?? '',
    targetIds: targetIds.filter((id) => !done.has(id)),
    flags: COMMAND_FLOWS[flow.command].requestFlags(flow.daemon.features),
    withReferences: flow.daemon.features.includes(LAYER_REFERENCES),
  };
}

function offerOf(run: Run, imageId: string): FlowEffect[] {
  const frame = run.frames.find((one) => one.imageId === imageId);
  if (frame === undefined) return [];
  const { width, height, png } = frame;
  return [{ type: 'daemon', message: { type: 'image.offer', imageId, width, height, bytes: png.length } }];
}

/** The same for the same part after a reconnect or a restart, so that it is rejoined. */
function partJobId({ jobId, finished }: Run): string {
  return finished.length === 0 ? jobId : `${jobId}-${finished.length}`;
}

/** Hands the results of all parts to the command, in the order of the picks. */
function finish(flow: Flow, run: Run): Transition {
  const results = new Map(run.finished.map(({ target }) => [target.targetId, target]));
  const targets = [flow.picks.after, ...flow.picks.targets].flatMap((frame) => results.get(frame?.nodeId ?? '') ?? []);
  return COMMAND_FLOWS[flow.command].finish(flow, run, { kind: 'transfer', targets });
}

/** Sends what is left of the same input again as a new job, since the id of the old one is used up. */
export function retry(flow: Flow, run: Run): Transition {
  const next = { ...run, jobId: nextJobId(run.jobId) };
  return send(flow, next, [savePending(flow, next)]);
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
  const { run, part } = state;
  if (imageId === undefined || error.code !== 'IMAGE_TOO_LARGE' || part === null) return undefined;
  if (part.request.source.imageId === imageId) return undefined;
  const targets = part.request.targets.filter(({ frame }) => frame.imageId !== imageId);
  const refused = run.frames.filter((frame) => frame.imageId === imageId).map((frame) => failedTarget(frame, error));
  const rest = { ...run, failed: [...run.failed, ...refused] };
  if (targets.length > 0) {
    return imageAnswered(flow, { ...state, run: rest, part: withTargets(part, targets) }, imageId, []);
  }
  const isLast = requestParts(flow, rest).targetIds.length === 0 && run.finished.length === 0;
  return isLast ? undefined : send(flow, rest);
}

function withTargets(part: Part, targets: Part['request']['targets']): Part {
  return { ...part, request: { ...part.request, targets } };
}

/** Starts the job after the last image. The socket preserves order, so the job arrives after its images. */
function imageAnswered(flow: Flow, state: StateOf<'sending'>, imageId: string, effects: FlowEffect[]): Transition {
  const { run, part } = state;
  const unanswered = state.unanswered.filter((id) => id !== imageId);
  if (unanswered.length > 0 || part === null) return enter(flow, { ...state, unanswered }, effects);
  return enter(flow, { name: 'running', run, part, position: 0, progress: null }, [
    ...effects,
    { type: 'daemon', message: { type: 'job.start', ...part } },
  ]);
}

/** Fails the run, unless the error is about another job that ended before its cancel arrived, or about a download. */
export function failOnError(flow: Flow, run: Run, error: ErrorPayload): Transition {
  const isUnrelated = error.code === 'JOB_UNKNOWN' || error.details?.modelId !== undefined;
  return isUnrelated ? stay(flow) : toFailed(flow, run, error);
}
