import type { JobResult } from '@samepoint/shared-protocol';
import type { Failure } from './failure.js';
import { withFrameNames } from './frame-problems.js';
import type { ImageJob, ImageJobStep } from './image-job.js';
import type { HashedFrame } from './request.js';
import { type Flow, type FlowEffect, savePending, stay, type Transition, toPick } from './state.js';

type ResultOf<K extends JobResult['kind']> = Extract<JobResult, { kind: K }>;

/** How a run goes on with its job. */
interface FollowedRun<K extends JobResult['kind']> {
  kind: K;
  /** The frames that an error can be about. */
  frames: readonly HashedFrame[];
  goOn(job: ImageJob, effects: FlowEffect[]): Transition;
  /** `payload` is the binary part of the result. */
  finish(result: ResultOf<K>, payload: Uint8Array): Transition;
  fail(failure: Failure, effects: FlowEffect[]): Transition;
}

/** What a step of the job does to its run. Nothing is left to resume of a failed run; a cancelled one ends at the picks. */
export function followImageJob<K extends JobResult['kind']>(
  flow: Flow,
  step: ImageJobStep,
  run: FollowedRun<K>,
): Transition {
  switch (step.kind) {
    case 'goes-on':
      return run.goOn(step.job, step.effects);
    case 'result':
      return isOf(step.result, run.kind) ? run.finish(step.result, step.payload) : stay(flow);
    case 'failed':
      return run.fail({ error: withFrameNames(step.error, run.frames), download: null }, [savePending(flow, null)]);
    case 'cancelled':
      return toPick(flow, null, step.effects);
  }
}

function isOf<K extends JobResult['kind']>(result: JobResult, kind: K): result is ResultOf<K> {
  return result.kind === kind;
}
