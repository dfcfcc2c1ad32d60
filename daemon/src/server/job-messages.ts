import { type DaemonMessage, encodeFrame } from '@samepoint/shared-protocol';
import type { JobEvent } from '../jobs/job.js';

/** A job's event as it goes over the wire: a message, or the bytes of a binary frame if the result has a payload. */
export function toWire(event: JobEvent): DaemonMessage | Uint8Array {
  const { jobId } = event;
  switch (event.type) {
    case 'accepted':
      return { type: 'job.accepted', jobId, position: event.position };
    case 'progress':
      return { type: 'job.progress', jobId, progress: event.progress };
    case 'cancelled':
      return { type: 'job.cancelled', jobId, at: event.at };
    case 'failed':
      return { type: 'job.failed', jobId, error: event.error };
    case 'result': {
      const { result, payload } = event.outcome;
      return payload === undefined
        ? { type: 'job.result', jobId, result }
        : encodeFrame('jobResult', { jobId, result }, payload);
    }
  }
}
