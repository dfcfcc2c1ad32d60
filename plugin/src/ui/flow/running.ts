import type { DaemonMessage, JobStatus, TransferResult } from '@samepoint/shared-protocol';
import { targetKeys } from './parts.js';
import { failOnError, requestParts, send } from './sending.js';
import {
  enter,
  type Flow,
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

/** The state `running`: the job of a part waits in the daemon's queue or runs. */
export function reduceRunning(flow: Flow, state: StateOf<'running'>, event: FlowEvent): Transition {
  switch (event.type) {
    case 'daemon':
      return reduceMessage(flow, state, event.message);
    case 'connected':
      return rejoin(flow, state, event.jobs);
    case 'cancel':
      return toPick(flow, null, [{ type: 'daemon', message: { type: 'job.cancel', jobId: state.part.jobId } }]);
    default:
      return stay(flow);
  }
}

/** After a reconnect: joins the job if the daemon still has it, else sends the part again under the same id. */
function rejoin(flow: Flow, { run, part }: StateOf<'running'>, jobs: readonly JobStatus[]): Transition {
  if (!jobs.some((job) => job.jobId === part.jobId)) return send(flow, run);
  return { flow, effects: [{ type: 'daemon', message: { type: 'job.start', ...part } }] };
}

function reduceMessage(flow: Flow, state: StateOf<'running'>, message: DaemonMessage): Transition {
  const { run, part } = state;
  if ('jobId' in message && message.jobId !== part.jobId) return stay(flow);
  switch (message.type) {
    case 'job.accepted':
      return enter(flow, { ...state, position: message.position });
    case 'job.progress':
      return enter(flow, { ...state, position: 0, progress: message.progress });
    case 'job.result':
      return message.result.kind === 'transfer' ? finishPart(flow, run, part, message.result) : stay(flow);
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

/** Keeps the results of a part and sends the next one. The last part stays pending, so that it is rejoined. */
function finishPart(flow: Flow, run: Run, { request }: Part, { targets }: TransferResult): Transition {
  const ids = request.targets.map(({ targetId }) => targetId);
  const keys = targetKeys(requestParts(flow, run), ids);
  const own = targets.map((target) => ({ key: keys.get(target.targetId) ?? '', target }));
  const next = { ...run, finished: [...run.finished, ...own] };
  const { flow: after, effects } = send(flow, next);
  const isLast = after.state.name !== 'sending';
  return { flow: after, effects: isLast ? effects : [savePending(flow, next), ...effects] };
}
