import type { Point, TrackRequest, TrackResult } from '@samepoint/shared-protocol';
import { nextJobId, reduceFailure } from '../failure.js';
import { followImageJob } from '../follow-job.js';
import { failedTarget } from '../frame-problems.js';
import { type ImageJobStep, reduceImageJob, startImageJob, type UnassignedRequest } from '../image-job.js';
import { enter, type Flow, type FlowEffect, type FlowEvent, savePending, stay, type Transition } from '../state.js';
import { openPreview } from './track-preview.js';
import type { FlatRegions, MaskResult, TrackedRegion, TrackLabel, TrackRun, TrackStep } from './track-state.js';

type Tracking = Extract<TrackStep, { step: 'tracking' }>;
type Failed = Extract<TrackStep, { step: 'failed' }>;
type Input = Pick<Tracking, 'run' | 'flat'>;

export function enterTrack(flow: Flow, track: TrackStep, effects: FlowEffect[] = []): Transition {
  return enter(flow, { name: 'track', track }, effects);
}

/** Starts the job that tracks the regions, or the points in their middle. */
export function sendTrack(flow: Flow, run: TrackRun, flat: FlatRegions, before: FlowEffect[] = []): Transition {
  const isPoints = run.tracking.output === 'points';
  const request: UnassignedRequest<TrackRequest> = {
    kind: 'track',
    frames: run.frames.map(({ imageId }) => imageId),
    annotated: run.frames.findIndex(({ nodeId }) => nodeId === run.sourceId),
    labels: isPoints
      ? { kind: 'points', points: flat.labels.map(({ centre }) => centre) }
      : { kind: 'mask', imageId: flat.mask.imageId },
  };
  const images = isPoints ? run.frames : [...run.frames, flat.mask];
  return follow(flow, { run, flat }, startImageJob(flow, { jobId: run.jobId, images, request }), before);
}

/** The step `tracking`. */
export function reduceTracking(flow: Flow, state: Tracking, event: FlowEvent): Transition {
  const step = reduceImageJob(flow, state.job, event);
  return step === null ? stay(flow) : follow(flow, state, step);
}

function follow(flow: Flow, input: Input, step: ImageJobStep, before: FlowEffect[] = []): Transition {
  const { run, flat } = input;
  return followImageJob(flow, step, {
    ...{ kind: 'track', frames: run.frames },
    goOn: (job, effects) => enterTrack(flow, { step: 'tracking', run, flat, job }, [...before, ...effects]),
    finish: (result, payload) => finish(flow, input, result, payload),
    fail: (failure, effects) => enterTrack(flow, { step: 'failed', run, flat, ...failure }, effects),
  });
}

function finish(flow: Flow, { run, flat }: Input, { tracked }: TrackResult, payload: Uint8Array): Transition {
  if (tracked.kind === 'points') return finishPoints(flow, run, flat.labels, tracked.frames);
  const failed = [...run.failed];
  const masks: MaskResult[] = [];
  let start = 0;
  for (const [index, result] of tracked.frames.entries()) {
    const frame = run.frames[index];
    if (result.state === 'failed') {
      if (frame !== undefined) failed.push(failedTarget(frame, result.error));
      continue;
    }
    // the PNGs follow each other, without those of failed frames
    const png = payload.slice(start, start + result.pngBytes);
    start += result.pngBytes;
    if (frame !== undefined) masks.push({ targetId: frame.nodeId, png, confidences: result.confidences });
  }
  const next = { ...run, failed };
  const { labels } = flat;
  return enterTrack(flow, { step: 'tracing', run: next, labels }, [{ type: 'track.trace', run: next, labels, masks }]);
}

type PointFrames = Extract<TrackResult['tracked'], { kind: 'points' }>['frames'];

function finishPoints(flow: Flow, run: TrackRun, labels: readonly TrackLabel[], frames: PointFrames): Transition {
  const failed = [...run.failed];
  const tracked = frames.flatMap((result, index) => {
    const frame = run.frames[index];
    if (frame === undefined) return [];
    if (Array.isArray(result)) {
      const regions = labels.map((label, n) => pointOf(label, result[n] ?? null, frame));
      return [{ targetId: frame.nodeId, regions }];
    }
    failed.push(failedTarget(frame, result.error));
    return [];
  });
  return openPreview(flow, { ...run, failed }, labels, tracked);
}

interface Size {
  width: number;
  height: number;
}

function pointOf(
  { regionId, name, colour }: TrackLabel,
  found: { point: Point | null; confidence: number } | null,
  { width, height }: Size,
): TrackedRegion {
  const confidence = found?.confidence ?? 0;
  if (found === null || found.point === null) return { regionId, mark: null, confidence, box: null };
  const { x, y } = found.point;
  const point = { x: x / width, y: y / height };
  const mark = { regionId, name, colour, shape: { kind: 'point', point } } as const;
  return { regionId, mark, confidence, box: { x, y, w: 0, h: 0 } };
}

/** The step `failed`. */
export function reduceTrackFailed(flow: Flow, state: Failed, event: FlowEvent): Transition {
  const { run, flat } = state;
  return reduceFailure(flow, state, event, {
    enter: ({ error, download }, effects) => enterTrack(flow, { ...state, error, download }, effects),
    retry: () => {
      // the id of the failed job is used up
      const next = { ...run, jobId: nextJobId(run.jobId) };
      return sendTrack(flow, next, flat, [savePending(flow, { jobId: next.jobId, finished: [] })]);
    },
  });
}
