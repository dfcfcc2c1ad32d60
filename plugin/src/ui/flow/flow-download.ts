import type { Backend, DaemonMessage } from '@samepoint/shared-protocol';
import { problemForError } from '../connection/problem-for-error.js';
import { chooseBackend } from './build-request.js';
import { enter, type Flow, type FlowStep, type Step, stay } from './flow-state.js';
import { retry } from './flow-work.js';

type Failed = Extract<Step, { name: 'failed' }>;

/** The backend whose model a failed run wants; null where a download would not help. */
export function wantedBackend({ link, backend }: Flow, { error }: Failed): Backend | null {
  if (problemForError(error).action !== 'pull-model') return null;
  const named = link.backends.find(({ id }) => id === error.details?.modelId);
  const firstMissing = link.backends.find(({ state }) => state === 'missing');
  return named ?? chooseBackend(link.backends, backend) ?? firstMissing ?? null;
}

/** Asks for the model of a failed run. */
export function pullModel(flow: Flow, step: Failed): FlowStep {
  const wanted = wantedBackend(flow, step);
  if (wanted === null) return retry(flow, step.work);
  const download = { modelId: wanted.id, receivedBytes: 0, totalBytes: 0 };
  return enter(flow, { ...step, download }, [{ type: 'daemon', message: { type: 'model.pull', modelId: wanted.id } }]);
}

/** Stops the download; what has arrived stays in the daemon's keeping. */
export function cancelDownload(flow: Flow, step: Failed): FlowStep {
  if (step.download === null) return stay(flow);
  const { modelId } = step.download;
  return enter(flow, { ...step, download: null }, [{ type: 'daemon', message: { type: 'model.cancel', modelId } }]);
}

/**
 * A connection is there (again). The download has gone on without it: it may be over, or have failed unheard, so it is
 * asked for again, which joins it where it still runs.
 */
export function resumeDownload(flow: Flow, step: Failed): FlowStep {
  if (step.download === null) return stay(flow);
  return isThere(flow, step.download.modelId) ? retry(flow, step.work) : pullModel(flow, step);
}

/** Messages of the daemon while a run waits for a model; the run goes on when that is there. */
export function stepFailed(flow: Flow, step: Failed, message: DaemonMessage): FlowStep {
  switch (message.type) {
    case 'model.progress': {
      const { modelId, receivedBytes, totalBytes } = message;
      if (wantedBackend(flow, step)?.id !== modelId) return stay(flow);
      return enter(flow, { ...step, download: { modelId, receivedBytes, totalBytes } });
    }
    case 'status':
      return step.download !== null && isThere(flow, step.download.modelId) ? retry(flow, step.work) : stay(flow);
    case 'error': {
      const { error } = message;
      // a cancel was asked for here, or in another window: the button offers the download again
      if (error.code === 'CANCELLED') return enter(flow, { ...step, download: null });
      return step.download === null ? stay(flow) : enter(flow, { ...step, error, download: null });
    }
    default:
      return stay(flow);
  }
}

function isThere({ link }: Flow, modelId: string): boolean {
  return link.backends.some(({ id, state }) => id === modelId && state !== 'missing');
}
