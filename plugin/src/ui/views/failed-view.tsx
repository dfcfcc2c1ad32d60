import type { Backend, ErrorCode, ErrorPayload } from '@samepoint/shared-protocol';
import type { ConnectionEvent } from '../connection/connection.js';
import { type ProblemScreen, problemForError } from '../connection/problem-for-error.js';
import type { Download, FlowEvent } from '../flow/flow-state.js';
import { fileSize } from '../format.js';
import { MessageView } from './message-view.js';
import type { PictureName } from './picture.js';
import { ProgressBar } from './progress-bar.js';

interface FailedViewProps {
  error: ErrorPayload;
  download: Download | null;
  /** The backend that is to be downloaded, where that would help. */
  wanted: Backend | null;
  dispatch: (event: FlowEvent) => void;
  connect: (event: ConnectionEvent) => void;
}

const PICTURES: Partial<Record<ErrorCode, PictureName>> = { GPU_OUT_OF_MEMORY: 'chip', MODEL_MISSING: 'computer' };

/** The run failed; the frames are still here, and the button does what helps. */
export function FailedView({ error, download, wanted, dispatch, connect }: FailedViewProps) {
  const problem = problemForError(error);
  const act = () => {
    switch (problem.action) {
      case 'retry':
      case 'back':
      case 'pull-model':
        return dispatch({ type: problem.action });
      case 'reconnect':
        connect({ type: 'retry' });
        return dispatch({ type: 'retry' });
    }
  };
  return (
    <MessageView
      picture={PICTURES[error.code] ?? 'warning'}
      title={problem.title}
      message={problem.message}
      hint={problem.hint}
      action={
        download === null
          ? { label: labelOf(problem, wanted), onClick: act }
          : { label: 'Cancel download', onClick: () => dispatch({ type: 'cancel' }) }
      }
      onBack={() => dispatch({ type: 'back' })}
    >
      {wanted?.download === undefined ? null : (
        <p class="secondary-text">
          Licence of “{wanted.title}”: {wanted.download.licence}.
        </p>
      )}
      {download === null ? null : <DownloadBar download={download} />}
    </MessageView>
  );
}

/** A download says what it will cost before it is asked for. */
function labelOf({ label, action }: ProblemScreen, wanted: Backend | null): string {
  const bytes = action === 'pull-model' ? wanted?.download?.bytes : undefined;
  return bytes === undefined ? label : `${label} (up to ${fileSize(bytes)})`;
}

function DownloadBar({ download: { receivedBytes, totalBytes } }: { download: Download }) {
  if (totalBytes === 0) return <ProgressBar label="Starting the download…" share={null} />;
  return (
    <ProgressBar label={`${fileSize(receivedBytes)} of ${fileSize(totalBytes)}`} share={receivedBytes / totalBytes} />
  );
}
