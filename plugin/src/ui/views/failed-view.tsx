import type { ErrorCode, ErrorPayload } from '@samepoint/shared-protocol';
import type { ConnectionEvent } from '../connection.js';
import type { Download, FlowEvent } from '../flow-state.js';
import { fileSize } from '../format.js';
import { problemForError } from '../problem-for-error.js';
import { MessageView } from './message-view.js';
import type { PictureName } from './picture.js';
import { ProgressBar } from './progress-bar.js';

interface FailedViewProps {
  error: ErrorPayload;
  download: Download | null;
  dispatch: (event: FlowEvent) => void;
  connect: (event: ConnectionEvent) => void;
}

const PICTURES: Partial<Record<ErrorCode, PictureName>> = { GPU_OUT_OF_MEMORY: 'chip', MODEL_MISSING: 'computer' };

/** The run failed; the frames are still here, and the button does what helps. */
export function FailedView({ error, download, dispatch, connect }: FailedViewProps) {
  const { title, message, hint, action, label } = problemForError(error);
  const act = () => {
    switch (action) {
      case 'retry':
      case 'back':
      case 'pull-model':
        return dispatch({ type: action });
      case 'reconnect':
        connect({ type: 'retry' });
        return dispatch({ type: 'retry' });
    }
  };
  return (
    <MessageView
      picture={PICTURES[error.code] ?? 'warning'}
      title={title}
      message={message}
      hint={hint}
      action={{ label: download === null ? label : 'Downloading…', onClick: act, busy: download !== null }}
      onBack={() => dispatch({ type: 'back' })}
    >
      {download === null ? null : (
        <ProgressBar
          label={`${fileSize(download.receivedBytes)} of ${fileSize(download.totalBytes)}`}
          share={download.totalBytes === 0 ? null : download.receivedBytes / download.totalBytes}
        />
      )}
    </MessageView>
  );
}
