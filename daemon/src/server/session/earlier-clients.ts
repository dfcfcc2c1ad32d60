import {
  FAILED_TARGETS,
  failedImages,
  type JobResult,
  REFUSAL_CAUSES,
  SamepointError,
} from '@samepoint/shared-protocol';
import type { JobEvent } from '../../jobs/job.js';

/** A job's event as a client with these features expects it. */
export function forClient(event: JobEvent, features: ReadonlySet<string>): JobEvent {
  const known = features.has(FAILED_TARGETS) ? event : withoutFailedTargets(event);
  return features.has(REFUSAL_CAUSES) ? known : withoutRefusalCauses(known);
}

function withoutRefusalCauses(event: JobEvent): JobEvent {
  if (event.type !== 'result') return event;
  const { result } = event.outcome;
  switch (result.kind) {
    case 'warp':
      return withResult(event, {
        ...result,
        targets: result.targets.map((target) => {
          if (target.state !== 'refused') return target;
          const { cause, ...refused } = target;
          return refused;
        }),
      });
    case 'align': {
      const { outcome } = result;
      if (outcome.state !== 'refused') return event;
      return withResult(event, { ...result, outcome: { state: outcome.state, reason: outcome.reason } });
    }
    default:
      return event;
  }
}

function withResult(event: Extract<JobEvent, { type: 'result' }>, result: JobResult): JobEvent {
  return { ...event, outcome: { ...event.outcome, result } };
}

/**
 * A job's event for a client without the feature `FAILED_TARGETS`: the first failed image fails the job, and targets and
 * frames have no state.
 */
function withoutFailedTargets(event: JobEvent): JobEvent {
  if (event.type !== 'result') return event;
  const { jobId, outcome } = event;
  const [failed] = failedImages(outcome.result);
  if (failed !== undefined) {
    const { code, message, hint } = failed.error;
    const details = { imageId: failed.imageId };
    return { type: 'failed', jobId, error: new SamepointError(code, message, hint, { details }).toPayload() };
  }
  return withResult(event, withoutStates(outcome.result));
}

function withoutStates(result: JobResult): JobResult {
  if (result.kind === 'transfer') {
    const targets = result.targets.flatMap((target) => {
      return target.state === 'failed' ? [] : { targetId: target.targetId, placements: target.placements };
    });
    return { ...result, targets };
  }
  if (result.kind !== 'track' || result.tracked.kind === 'points') return result;
  const frames = result.tracked.frames.flatMap((frame) => {
    return frame.state === 'failed' ? [] : { pngBytes: frame.pngBytes, confidences: frame.confidences };
  });
  return { ...result, tracked: { ...result.tracked, frames } };
}
