import type { Backend, ErrorCode } from '@samepoint/shared-protocol';
import { fileSize } from '../../shared/text.js';
import type { ConnectionEvent } from '../connection/connection.js';
import { type ErrorScreen, errorScreen } from '../connection/error-screens.js';
import { type Failure, missingBackend } from '../flow/failure.js';
import type { Download, Flow, FlowEvent } from '../flow/state.js';
import { type IllustrationName, MessageScreen, ProgressBar } from './components.js';

interface FailedViewProps {
  flow: Flow;
  failure: Failure;
  dispatch: (event: FlowEvent) => void;
  connect: (event: ConnectionEvent) => void;
}

const ILLUSTRATIONS: Partial<Record<ErrorCode, IllustrationName>> = {
  GPU_OUT_OF_MEMORY: 'chip',
  MODEL_MISSING: 'computer',
};

/** The screen of a failed run, with the action that fixes it. */
export function FailedView({ flow, failure, dispatch, connect }: FailedViewProps) {
  const { error, download } = failure;
  const missing = missingBackend(flow, failure);
  const screen = errorScreen(error);
  const act = () => {
    switch (screen.action) {
      case 'retry':
      case 'back':
      case 'download':
        return dispatch({ type: screen.action });
      case 'reconnect':
        connect({ type: 'retry' });
        return dispatch({ type: 'retry' });
    }
  };
  return (
    <MessageScreen
      illustration={ILLUSTRATIONS[error.code] ?? 'warning'}
      title={screen.title}
      message={screen.message}
      hint={screen.hint}
      action={
        download === null
          ? { label: labelOf(screen, missing), onClick: act }
          : { label: 'Cancel download', onClick: () => dispatch({ type: 'cancel' }), look: 'secondary' }
      }
      onBack={() => dispatch({ type: 'back' })}
    >
      {missing?.download === undefined ? null : (
        <p class="secondary-text">
          License of {missing.title}: {missing.download.licence}.
        </p>
      )}
      {download === null ? null : <DownloadBar download={download} />}
    </MessageScreen>
  );
}

/** Adds the size to the label of a download. */
function labelOf({ label, action }: ErrorScreen, missing: Backend | null): string {
  const bytes = action === 'download' ? missing?.download?.bytes : undefined;
  return bytes === undefined ? label : `${label} (up to ${fileSize(bytes)})`;
}

function DownloadBar({ download: { receivedBytes, totalBytes } }: { download: Download }) {
  if (totalBytes === 0) return <ProgressBar label="Starting download…" fraction={null} />;
  return (
    <ProgressBar
      label={`${fileSize(receivedBytes)} of ${fileSize(totalBytes)}`}
      fraction={receivedBytes / totalBytes}
    />
  );
}
