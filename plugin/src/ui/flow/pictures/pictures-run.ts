import type { DaemonMessage, ErrorPayload, WarpRequest, WarpResult } from '@samepoint/shared-protocol';
import { modelMissing, nextJobId, reduceFailure } from '../failure.js';
import { failedTarget, withFrameNames } from '../frame-problems.js';
import { chooseBackend } from '../request.js';
import { enter, type Flow, type FlowEffect, type FlowEvent, stay, type Transition, toPick } from '../state.js';
import type { PictureEdit, PicturesRun, PicturesStep, RefusedPicture, WarpedPicture } from './pictures-state.js';
import { problemOfRefusal } from './refusal.js';

type Sending = Extract<PicturesStep, { step: 'sending' }>;
type Running = Extract<PicturesStep, { step: 'running' }>;
type Failed = Extract<PicturesStep, { step: 'failed' }>;

export function enterStep(flow: Flow, pictures: PicturesStep, effects: FlowEffect[] = []): Transition {
  return enter(flow, { name: 'pictures', pictures }, effects);
}

export function frameOf({ frames }: PicturesRun, nodeId: string) {
  return frames.find((frame) => frame.nodeId === nodeId);
}

/** Offers the images to the daemon. Without a connection it waits for one. */
export function sendPictures(flow: Flow, run: PicturesRun, edit: PictureEdit): Transition {
  const state: Sending = { step: 'sending', run, edit, request: null, unanswered: [] };
  if (!flow.daemon.connected) return enterStep(flow, state);
  const backend = chooseBackend(flow.daemon.backends, flow.backend);
  if (backend === null || backend.state === 'missing') return fail(flow, run, edit, modelMissing(backend));
  const source = frameOf(run, run.sourceId);
  const targets = run.targetIds.flatMap((id) => frameOf(run, id) ?? []);
  if (source === undefined) return stay(flow);
  const request: WarpRequest = {
    kind: 'warp',
    backend: backend.id,
    source: source.imageId,
    edit: edit.imageId,
    targets: targets.map(({ nodeId, imageId }) => ({ targetId: nodeId, imageId })),
  };
  const images = new Map([source, ...targets, edit].map((image) => [image.imageId, image]));
  const offers = [...images.values()].map(
    ({ imageId, width, height, png }): FlowEffect => ({
      type: 'daemon',
      message: { type: 'image.offer', imageId, width, height, bytes: png.length },
    }),
  );
  return enterStep(flow, { ...state, request, unanswered: [...images.keys()] }, offers);
}

/** The steps `sending` and `running`. */
export function reducePicturesRun(flow: Flow, state: Sending | Running, event: FlowEvent): Transition {
  const { run, edit } = state;
  switch (event.type) {
    case 'cancel': {
      const { jobId } = run;
      const cancel: FlowEffect[] =
        state.step === 'running' ? [{ type: 'daemon', message: { type: 'job.cancel', jobId } }] : [];
      return toPick(flow, null, cancel);
    }
    case 'connected':
      if (state.step === 'sending' || !event.jobs.some(({ jobId }) => jobId === run.jobId)) {
        return sendPictures(flow, run, edit);
      }
      return enterStep(flow, state, [startJob(run, state.request)]);
    case 'daemon':
      if (state.step === 'sending') return reduceAnswer(flow, state, event.message);
      return reduceJob(flow, state, event.message, event.payload);
    default:
      return stay(flow);
  }
}

function startJob({ jobId }: PicturesRun, request: WarpRequest): FlowEffect {
  return { type: 'daemon', message: { type: 'job.start', jobId, request } };
}

function reduceAnswer(flow: Flow, state: Sending, message: DaemonMessage): Transition {
  const { run, edit } = state;
  switch (message.type) {
    case 'image.need': {
      const image = [...run.frames, edit].find(({ imageId }) => imageId === message.imageId);
      if (image === undefined) return stay(flow);
      return answered(flow, state, message.imageId, [{ type: 'image', imageId: image.imageId, png: image.png }]);
    }
    case 'image.have':
      return answered(flow, state, message.imageId, []);
    case 'error':
      return failOnError(flow, state, message.error);
    default:
      return stay(flow);
  }
}

function answered(flow: Flow, state: Sending, imageId: string, effects: FlowEffect[]): Transition {
  const { run, edit, request } = state;
  const unanswered = state.unanswered.filter((id) => id !== imageId);
  if (unanswered.length > 0 || request === null) return enterStep(flow, { ...state, unanswered }, effects);
  const next: Running = { step: 'running', run, edit, request, position: 0, progress: null };
  return enterStep(flow, next, [...effects, startJob(run, request)]);
}

function reduceJob(flow: Flow, state: Running, message: DaemonMessage, payload: Uint8Array | undefined): Transition {
  const { run } = state;
  if ('jobId' in message && message.jobId !== run.jobId) return stay(flow);
  switch (message.type) {
    case 'job.accepted':
      return enterStep(flow, { ...state, position: message.position });
    case 'job.progress':
      return enterStep(flow, { ...state, position: 0, progress: message.progress });
    case 'job.result':
      return message.result.kind === 'warp' ? finish(flow, state, message.result, payload) : stay(flow);
    case 'job.failed':
      return fail(flow, run, state.edit, message.error);
    case 'job.cancelled':
      return toPick(flow);
    case 'error':
      return failOnError(flow, state, message.error);
    default:
      return stay(flow);
  }
}

/** Cuts the payload, which has the PNGs of the warped targets in their order. */
function finish(flow: Flow, { run, edit }: Running, { targets }: WarpResult, payload?: Uint8Array): Transition {
  const warped: WarpedPicture[] = [];
  const refused: RefusedPicture[] = [];
  const failed = [...run.failed];
  let start = 0;
  for (const target of targets) {
    const frame = frameOf(run, target.targetId);
    switch (target.state) {
      case 'warped': {
        const png = (payload ?? new Uint8Array()).slice(start, start + target.pngBytes);
        start += target.pngBytes;
        warped.push({ targetId: target.targetId, png, box: target.box, fit: target.fit });
        break;
      }
      case 'refused':
        refused.push({
          targetId: target.targetId,
          problem: problemOfRefusal(target.reason),
          detail: target.reason,
        });
        break;
      case 'failed':
        if (frame !== undefined) failed.push(failedTarget(frame, target.error));
    }
  }
  const pictures = warped.flatMap((picture) => {
    const target = frameOf(run, picture.targetId);
    return target === undefined ? [] : [{ picture, target }];
  });
  return enterStep(flow, { step: 'clipping', run: { ...run, failed }, edit, warped, refused }, [
    { type: 'pictures.clip', jobId: run.jobId, pictures },
  ]);
}

/** The step `failed`. */
export function reducePicturesFailed(flow: Flow, state: Failed, event: FlowEvent): Transition {
  const { run, edit } = state;
  return reduceFailure(flow, state, event, {
    enter: ({ error, download }, effects) => enterStep(flow, { ...state, error, download }, effects),
    // the id of the failed job is used up
    retry: () => sendPictures(flow, { ...run, jobId: nextJobId(run.jobId) }, edit),
  });
}

/** Fails the run, unless the error is about another job that ended before its cancel arrived. */
function failOnError(flow: Flow, { run, edit }: Sending | Running, error: ErrorPayload): Transition {
  const isUnrelated = error.code === 'JOB_UNKNOWN' || error.details?.modelId !== undefined;
  return isUnrelated ? stay(flow) : fail(flow, run, edit, error);
}

function fail(flow: Flow, run: PicturesRun, edit: PictureEdit, error: ErrorPayload): Transition {
  return enterStep(flow, { step: 'failed', run, edit, error: withFrameNames(error, run.frames), download: null });
}
