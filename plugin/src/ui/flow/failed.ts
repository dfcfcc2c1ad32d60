import type { Backend, DaemonMessage } from '@samepoint/shared-protocol';
import { errorScreen } from '../connection/error-screens.js';
import { chooseBackend } from './request.js';
import { retry } from './sending.js';
import { enter, type Flow, type FlowEvent, type StateOf, stay, type Transition, toPick } from './state.js';

/** The state `failed`: the run ended with an error. A missing model can be downloaded here. */
export function reduceFailed(flow: Flow, state: StateOf<'failed'>, event: FlowEvent): Transition {
  switch (event.type) {
    case 'daemon':
      return reduceMessage(flow, state, event.message);
    case 'connected':
      return resumeDownload(flow, state);
    case 'download':
      return startDownload(flow, state);
    case 'cancel':
      return cancelDownload(flow, state);
    case 'retry':
      return retry(flow, state.run);
    case 'back':
      return toPick(flow);
    default:
      return stay(flow);
  }
}

/** The backend whose model would fix the failure; null if a download does not help. */
export function missingBackend({ daemon, backend }: Flow, { error }: StateOf<'failed'>): Backend | null {
  if (errorScreen(error).action !== 'download') return null;
  const named = daemon.backends.find(({ id }) => id === error.details?.modelId);
  const firstMissing = daemon.backends.find(({ state }) => state === 'missing');
  return named ?? chooseBackend(daemon.backends, backend) ?? firstMissing ?? null;
}

function startDownload(flow: Flow, state: StateOf<'failed'>): Transition {
  const missing = missingBackend(flow, state);
  if (missing === null) return retry(flow, state.run);
  const download = { modelId: missing.id, receivedBytes: 0, totalBytes: 0 };
  return enter(flow, { ...state, download }, [
    { type: 'daemon', message: { type: 'model.pull', modelId: missing.id } },
  ]);
}

/** Stops the download. The daemon keeps the bytes received so far. */
function cancelDownload(flow: Flow, state: StateOf<'failed'>): Transition {
  if (state.download === null) return stay(flow);
  const { modelId } = state.download;
  return enter(flow, { ...state, download: null }, [{ type: 'daemon', message: { type: 'model.cancel', modelId } }]);
}

/** After a reconnect: requests the download again, which joins it if it still runs, or retries if it has finished. */
function resumeDownload(flow: Flow, state: StateOf<'failed'>): Transition {
  if (state.download === null) return stay(flow);
  return isInstalled(flow, state.download.modelId) ? retry(flow, state.run) : startDownload(flow, state);
}

function reduceMessage(flow: Flow, state: StateOf<'failed'>, message: DaemonMessage): Transition {
  switch (message.type) {
    case 'model.progress': {
      const { modelId, receivedBytes, totalBytes } = message;
      if (missingBackend(flow, state)?.id !== modelId) return stay(flow);
      return enter(flow, { ...state, download: { modelId, receivedBytes, totalBytes } });
    }
    case 'status':
      return state.download !== null && isInstalled(flow, state.download.modelId) ? retry(flow, state.run) : stay(flow);
    case 'error': {
      const { error } = message;
      // cancelled here or in another window: the button offers the download again
      if (error.code === 'CANCELLED') return enter(flow, { ...state, download: null });
      return state.download === null ? stay(flow) : enter(flow, { ...state, error, download: null });
    }
    default:
      return stay(flow);
  }
}

function isInstalled({ daemon }: Flow, modelId: string): boolean {
  return daemon.backends.some(({ id, state }) => id === modelId && state !== 'missing');
}
