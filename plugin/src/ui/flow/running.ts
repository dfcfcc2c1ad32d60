import type { DaemonMessage, JobStatus } from '@samepoint/shared-protocol';
import { startPreview } from './preview.js';
import { failOnError, send } from './sending.js';
import { enter, type Flow, type FlowEvent, type StateOf, stay, type Transition, toFailed, toPick } from './state.js';

/** The state `running`: the job waits in the daemon's queue or runs. */
export function reduceRunning(flow: Flow, state: StateOf<'running'>, event: FlowEvent): Transition {
  switch (event.type) {
    case 'daemon':
      return reduceMessage(flow, state, event.message);
    case 'connected':
      return rejoin(flow, state, event.jobs);
    case 'cancel':
      return toPick(flow, null, [{ type: 'daemon', message: { type: 'job.cancel', jobId: state.run.jobId } }]);
    default:
      return stay(flow);
  }
}

/** After a reconnect: joins the job if the daemon still has it, else sends everything again under the same id. */
function rejoin(flow: Flow, { run, request }: StateOf<'running'>, jobs: readonly JobStatus[]): Transition {
  const { jobId } = run;
  if (!jobs.some((job) => job.jobId === jobId)) return send(flow, run);
  return { flow, effects: [{ type: 'daemon', message: { type: 'job.start', jobId, request } }] };
}

function reduceMessage(flow: Flow, state: StateOf<'running'>, message: DaemonMessage): Transition {
  const { run } = state;
  if ('jobId' in message && message.jobId !== run.jobId) return stay(flow);
  switch (message.type) {
    case 'job.accepted':
      return enter(flow, { ...state, position: message.position });
    case 'job.progress':
      return enter(flow, { ...state, position: 0, progress: message.progress });
    case 'job.result':
      return message.result.kind === 'transfer' ? startPreview(flow, run, message.result) : stay(flow);
    case 'job.failed':
      return toFailed(flow, run, message.error);
    case 'job.cancelled':
      return toPick(flow);
    case 'error':
      return failOnError(flow, run, message.error);
    default:
      return stay(flow);
  }
}
