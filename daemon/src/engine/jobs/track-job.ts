import {
  type FailedImage,
  type Point,
  SamepointError,
  type TrackRequest,
  type TrackResult,
} from '@samepoint/shared-protocol';
import type { WindowMatcher } from '../../correspond/window-matcher.js';
import { decodeLabelMask, encodeLabelMask, type LabelMask } from '../../images/label-mask.js';
import type { Size } from '../../images/resize.js';
import { prepareItems } from '../../transfer/place-items.js';
import {
  LOST_BELOW,
  type TrackedFrames,
  type TrackSettings,
  trackingLevel,
} from '../../transfer/tracking/track-labels.js';
import { labelsOfMask, trackMask } from '../../transfer/tracking/track-mask.js';
import { trackPoints } from '../../transfer/tracking/track-points.js';
import type { EngineJob, EngineOutcome } from '../engine.js';
import { orFailure } from './failed-images.js';
import type { ImagePairs } from './image-pairs.js';
import { imageBytes, toPayload } from './job-images.js';
import type { ProgressReporter } from './progress-reporter.js';

/** The source of the frames' features. */
export type TrackSource = Pick<ImagePairs, 'steps' | 'features'>;

/** Resolution of results: finer than their accuracy, and compact. */
const CONFIDENCE_STEPS = 1000;
const STEPS_PER_PIXEL = 100;

/** @throws SamepointError also if the labels do not fit the annotated frame */
export async function runTrack(
  request: TrackRequest,
  images: EngineJob['images'],
  matcher: WindowMatcher,
  source: TrackSource,
  settings: TrackSettings,
  progress: ProgressReporter,
): Promise<EngineOutcome> {
  const annotatedId = request.frames[request.annotated];
  if (annotatedId === undefined) {
    const message = `Frame ${request.annotated} does not exist; there are ${request.frames.length}.`;
    throw new SamepointError('BAD_REQUEST', message, 'Frames are numbered from 0.');
  }
  const { labels } = request;
  // the features of every frame, and one step for each frame except the annotated one
  progress.begin('matching', request.frames.length * (source.steps + 1) - 1);
  const size = await source.features(annotatedId);
  const failed = new Map<number, FailedImage>();
  const frames: TrackedFrames = {
    count: request.frames.length,
    annotated: request.annotated,
    features: async (frame) => {
      // the annotated frame is not computed twice
      if (frame === request.annotated) return trackingLevel(size);
      const imageId = request.frames[frame] ?? '';
      const outcome = await orFailure(imageId, false, () => source.features(imageId));
      if (!('state' in outcome)) return trackingLevel(outcome);
      failed.set(frame, outcome);
      progress.step(source.steps + 1);
      return undefined;
    },
  };
  if (labels.kind === 'points') return carryPoints(matcher, frames, failed, labels.points, size, settings, progress);
  const mask = await decodeLabelMask(imageBytes(images, labels.imageId), 'The mask');
  return carryMask(matcher, frames, failed, mask, size, settings, progress);
}

/** Frames that cannot be read, by index; filled while the others are tracked. */
type FailedFrames = ReadonlyMap<number, FailedImage>;

async function carryPoints(
  matcher: WindowMatcher,
  frames: TrackedFrames,
  failed: FailedFrames,
  points: readonly Point[],
  size: Size,
  settings: TrackSettings,
  progress: ProgressReporter,
): Promise<EngineOutcome> {
  prepareItems(
    points.map((point, n) => ({ kind: 'point', itemId: String(n), point })),
    [],
    size,
  );
  const tracked: Extract<TrackResult['tracked'], { kind: 'points' }> = { kind: 'points', frames: [] };
  for await (const { frame, points: found } of trackPoints(matcher, frames, points, settings, LOST_BELOW.confidence)) {
    tracked.frames[frame] = found.map(({ point, confidence }) => ({
      point: point && { x: rounded(point.x, STEPS_PER_PIXEL), y: rounded(point.y, STEPS_PER_PIXEL) },
      confidence: rounded(confidence, CONFIDENCE_STEPS),
    }));
    if (frame !== frames.annotated) progress.step();
  }
  for (const [frame, failure] of failed) tracked.frames[frame] = failure;
  return { result: { kind: 'track', tracked } };
}

async function carryMask(
  matcher: WindowMatcher,
  frames: TrackedFrames,
  failed: FailedFrames,
  mask: LabelMask,
  size: Size,
  settings: TrackSettings,
  progress: ProgressReporter,
): Promise<EngineOutcome> {
  checkMask(mask, size);
  const [background = 0, ...labels] = labelsOfMask(mask);
  const tracked: Extract<TrackResult['tracked'], { kind: 'mask' }> = { kind: 'mask', labels, frames: [] };
  const pngs: Uint8Array[] = [];
  const options = { settings, sampling: 'area', lostBelow: LOST_BELOW.probability } as const;
  for await (const found of trackMask(matcher, frames, mask, [background, ...labels], options)) {
    const png = encodeLabelMask(found.mask);
    const confidences = found.outcomes.map(({ lost, confidence }) =>
      lost ? null : rounded(confidence, CONFIDENCE_STEPS),
    );
    tracked.frames[found.frame] = { state: 'tracked', pngBytes: png.length, confidences };
    pngs[found.frame] = png;
    if (found.frame !== frames.annotated) progress.step();
  }
  for (const [frame, failure] of failed) tracked.frames[frame] = failure;
  // failed frames have no mask
  return { result: { kind: 'track', tracked }, payload: toPayload(pngs.filter((png) => png !== undefined)) };
}

function checkMask(mask: LabelMask, { width, height }: Size): void {
  if (mask.width !== width || mask.height !== height) {
    const message = `The mask has ${mask.width}×${mask.height} pixels, the annotated frame ${width}×${height}.`;
    throw new SamepointError('BAD_REQUEST', message, 'Send a mask of the same size as the annotated frame.');
  }
  if (labelsOfMask(mask).length === 1) {
    throw new SamepointError('BAD_REQUEST', 'The mask has no labels.', 'Paint the region to track in a colour.');
  }
}

function rounded(value: number, steps: number): number {
  return Math.round(value * steps) / steps;
}
