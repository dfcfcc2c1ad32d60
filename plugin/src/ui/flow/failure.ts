import type { Backend, DaemonMessage, ErrorPayload } from '@samepoint/shared-protocol';
import { errorScreen } from '../connection/error-screens.js';
import { chooseBackend } from './request.js';
import { type Download, type Flow, type FlowEffect, type FlowEvent, stay, type Transition, toPick } from './state.js';

/** The error that ended a run, and the download that fixes it. */
export interface Failure {
  error: ErrorPayload;
  download: Download | null;
}

/** How a failed run goes on. */
export interface FailedRun {
  enter(failure: Failure, effects?: FlowEffect[]): Transition;
  /** Runs again with the same input. */
  retry(): Transition;
}

/** Handles an event on the screen of a failed run. A missing model can be downloaded here. */
export function reduceFailure(flow: Flow, failure: Failure, event: FlowEvent, run: FailedRun): Transition {
  switch (event.type) {
    case 'daemon':
      return reduceMessage(flow, failure, event.message, run);
    case 'connected':
      return resumeDownload(flow, failure, run);
    case 'download':
      return startDownload(flow, failure, run);
    case 'cancel':
      return cancelDownload(flow, failure, run);
    case 'retry':
      return run.retry();
    case 'back':
      return toPick(flow);
    default:
      return stay(flow);
  }
}

/** The backend whose model would fix the failure; null if a download does not help. */
export function missingBackend({ daemon, preferences }: Flow, { error }: Failure): Backend | null {
  if (errorScreen(error).action !== 'download') return null;
  const named = daemon.backends.find(({ id }) => id === error.details?.modelId);
  const firstMissing = daemon.backends.find(({ state }) => state === 'missing');
  return named ?? chooseBackend(daemon.backends, preferences.backend) ?? firstMissing ?? null;
}

/** The error of a run whose model is missing; `backend` is null if none is installed. */
export function modelMissing(backend: Backend | null): ErrorPayload {
  return {
    code: 'MODEL_MISSING',
    message:
      backend === null ? 'No model for comparing frames is installed.' : `“${backend.title}” isn’t downloaded yet.`,
    hint: 'It is downloaded once and stays on this computer.',
    retryable: false,
    ...(backend === null ? {} : { details: { modelId: backend.id } }),
  };
}

/** `abc` → `abc.2` → `abc.3`. */
export function nextJobId(jobId: string): string {
  const [base = jobId, count = '1'] = jobId.split('.');
  return `${base}.${Number(count) + 1}`;
}

function startDownload(flow: Flow, failure: Failure, run: FailedRun): Transition {
  const missing = missingBackend(flow, failure);
  if (missing === null) return run.retry();
  const download = { modelId: missing.id, receivedBytes: 0, totalBytes: 0 };
  return run.enter({ ...failure, download }, [
    { type: 'daemon', message: { type: 'model.pull', modelId: missing.id } },
  ]);
}

/** Stops the download. The daemon keeps the bytes received so far. */
function cancelDownload(flow: Flow, failure: Failure, run: FailedRun): Transition {
  if (failure.download === null) return stay(flow);
  const { modelId } = failure.download;
  return run.enter({ ...failure, download: null }, [{ type: 'daemon', message: { type: 'model.cancel', modelId } }]);
}

/** After a reconnect: requests the download again, which joins it if it still runs, or retries if it has finished. */
function resumeDownload(flow: Flow, failure: Failure, run: FailedRun): Transition {
  if (failure.download === null) return stay(flow);
  return isInstalled(flow, failure.download.modelId) ? run.retry() : startDownload(flow, failure, run);
}

function reduceMessage(flow: Flow, failure: Failure, message: DaemonMessage, run: FailedRun): Transition {
  const { download } = failure;
  switch (message.type) {
    case 'model.progress': {
      const { modelId, receivedBytes, totalBytes } = message;
      if (missingBackend(flow, failure)?.id !== modelId) return stay(flow);
      return run.enter({ ...failure, download: { modelId, receivedBytes, totalBytes } });
    }
    case 'status':
      return download !== null && isInstalled(flow, download.modelId) ? run.retry() : stay(flow);
    case 'error': {
      const { error } = message;
      // cancelled here or in another window: the button offers the download again
      if (error.code === 'CANCELLED') return run.enter({ ...failure, download: null });
      return download === null ? stay(flow) : run.enter({ error, download: null });
    }
    default:
      return stay(flow);
  }
}

function isInstalled({ daemon }: Flow, modelId: string): boolean {
  return daemon.backends.some(({ id, state }) => id === modelId && state !== 'missing');
}
