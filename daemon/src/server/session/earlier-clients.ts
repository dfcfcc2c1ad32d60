import { failedImages, type JobResult, SamepointError } from '@samepoint/shared-protocol';
import type { JobEvent } from '../../jobs/job.js';

/**
 * A job's event for a client without the feature `FAILED_TARGETS`: the first failed image fails the job, and targets and
 * frames have no state.
 */
export function withoutFailedTargets(event: JobEvent): JobEvent {
  if (event.type !== 'result') return event;
  const { jobId, outcome } = event;
  const [failed] = failedImages(outcome.result);
  if (failed !== undefined) {
    const { code, message, hint } = failed.error;
    const details = { imageId: failed.imageId };
    return { type: 'failed', jobId, error: new SamepointError(code, message, hint, { details }).toPayload() };
  }
  return { ...event, outcome: { ...outcome, result: withoutStates(outcome.result) } };
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
