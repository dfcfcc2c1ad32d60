import type { WarpRequest, WarpResult } from '@samepoint/shared-protocol';
import { nextJobId, reduceFailure } from '../failure.js';
import { followImageJob } from '../follow-job.js';
import { failedTarget } from '../frame-problems.js';
import { type ImageJobStep, reduceImageJob, startImageJob, type UnassignedRequest } from '../image-job.js';
import { enter, type Flow, type FlowEffect, type FlowEvent, savePending, stay, type Transition } from '../state.js';
import type { PictureEdit, PicturesRun, PicturesStep, RefusedPicture, WarpedPicture } from './pictures-state.js';
import { problemOfRefusal } from './refusal.js';

type Comparing = Extract<PicturesStep, { step: 'comparing' }>;
type Failed = Extract<PicturesStep, { step: 'failed' }>;
type Input = Pick<Comparing, 'run' | 'edit'>;

export function enterStep(flow: Flow, pictures: PicturesStep, effects: FlowEffect[] = []): Transition {
  return enter(flow, { name: 'pictures', pictures }, effects);
}

export function frameOf({ frames }: PicturesRun, nodeId: string) {
  return frames.find((frame) => frame.nodeId === nodeId);
}

/** Starts the job that warps the edit into every target. */
export function sendPictures(flow: Flow, run: PicturesRun, edit: PictureEdit): Transition {
  const source = frameOf(run, run.sourceId);
  const targets = run.targetIds.flatMap((id) => frameOf(run, id) ?? []);
  if (source === undefined) return stay(flow);
  const request: UnassignedRequest<WarpRequest> = {
    kind: 'warp',
    source: source.imageId,
    edit: edit.imageId,
    targets: targets.map(({ nodeId, imageId }) => ({ targetId: nodeId, imageId })),
  };
  const step = startImageJob(flow, { jobId: run.jobId, images: [source, ...targets, edit], request });
  return follow(flow, { run, edit }, step);
}

/** The step `comparing`. */
export function reduceComparing(flow: Flow, state: Comparing, event: FlowEvent): Transition {
  const step = reduceImageJob(flow, state.job, event);
  return step === null ? stay(flow) : follow(flow, state, step);
}

function follow(flow: Flow, input: Input, step: ImageJobStep): Transition {
  const { run, edit } = input;
  return followImageJob(flow, step, {
    ...{ kind: 'warp', frames: run.frames },
    goOn: (job, effects) => enterStep(flow, { step: 'comparing', run, edit, job }, effects),
    finish: (result, payload) => finish(flow, input, result, payload),
    fail: (failure, effects) => enterStep(flow, { step: 'failed', run, edit, ...failure }, effects),
  });
}

/** Cuts the payload, which has the PNGs of the warped targets in their order. */
function finish(flow: Flow, { run, edit }: Input, { targets }: WarpResult, payload: Uint8Array): Transition {
  const warped: WarpedPicture[] = [];
  const refused: RefusedPicture[] = [];
  const failed = [...run.failed];
  let start = 0;
  for (const target of targets) {
    const frame = frameOf(run, target.targetId);
    switch (target.state) {
      case 'warped': {
        const png = payload.slice(start, start + target.pngBytes);
        start += target.pngBytes;
        warped.push({ targetId: target.targetId, png, box: target.box, fit: target.fit });
        break;
      }
      case 'refused':
        refused.push({
          targetId: target.targetId,
          problem: problemOfRefusal(target.cause),
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
    retry: () => sendAgain(flow, { ...run, jobId: nextJobId(run.jobId) }, edit),
  });
}

function sendAgain(flow: Flow, run: PicturesRun, edit: PictureEdit): Transition {
  const sent = sendPictures(flow, run, edit);
  return { ...sent, effects: [savePending(flow, { jobId: run.jobId, finished: [] }), ...sent.effects] };
}
