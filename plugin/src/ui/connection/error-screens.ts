import type { ErrorPayload } from '@samepoint/shared-protocol';

/** The action of the screen's button. */
type ErrorAction = 'retry' | 'back' | 'reconnect' | 'download';

/** The screen of an error: what happened, what to do next, and one button. */
export interface ErrorScreen {
  title: string;
  message: string;
  hint: string;
  action: ErrorAction;
  label: string;
}

/** The screen of a daemon error. The switch is exhaustive over the error codes. */
export function errorScreen(error: ErrorPayload): ErrorScreen {
  const { message, hint } = error;
  return { message, hint, ...titleAndButton(error) };
}

const TRY_AGAIN = { action: 'retry', label: 'Try again' } as const;
const CHOOSE_FRAMES = { action: 'back', label: 'Choose frames' } as const;
const RECONNECT = { action: 'reconnect', label: 'Reconnect' } as const;

function titleAndButton(error: ErrorPayload): Pick<ErrorScreen, 'title' | 'action' | 'label'> {
  switch (error.code) {
    case 'QUEUE_FULL':
    case 'RATE_LIMITED':
      return { title: 'Samepoint is busy', ...TRY_AGAIN };
    case 'TOO_MANY_CONNECTIONS':
      return { title: 'Too many connected windows', ...RECONNECT };
    case 'GPU_OUT_OF_MEMORY':
      return { title: 'Out of memory', ...TRY_AGAIN };
    case 'ENGINE_CRASHED':
      return { title: 'The engine stopped', ...TRY_AGAIN };
    case 'MODEL_MISSING':
      return { title: 'Model not downloaded', action: 'download', label: 'Download model' };
    case 'MODEL_INVALID':
      return { title: 'Model file is damaged', action: 'download', label: 'Download again' };
    case 'BACKEND_UNKNOWN':
    case 'JOB_KIND_UNSUPPORTED':
    case 'UNKNOWN_MESSAGE':
      return { title: 'Not supported by this version', ...RECONNECT };
    case 'IMAGE_MISSING':
      return { title: 'A frame was not received', ...TRY_AGAIN };
    case 'IMAGE_UNREADABLE':
      return { title: 'A frame can’t be read', ...CHOOSE_FRAMES };
    case 'IMAGE_TOO_LARGE':
      return { title: 'A frame is too large', ...CHOOSE_FRAMES };
    case 'FRAME_TOO_LARGE':
      return { title: 'Too much for one run', ...CHOOSE_FRAMES };
    case 'ITEM_OUTSIDE_IMAGE':
      return { title: 'An item is outside its frame', ...CHOOSE_FRAMES };
    case 'JOB_UNKNOWN':
      return { title: 'The run has expired', ...TRY_AGAIN };
    case 'CANCELLED':
      return { title: 'The run was cancelled', ...TRY_AGAIN };
    case 'NOT_PAIRED':
    case 'PAIRING_CODE_WRONG':
    case 'PAIRING_CODE_EXPIRED':
    case 'PAIRING_LOCKED':
      return { title: 'Not paired', ...RECONNECT };
    case 'PROTOCOL_MISMATCH':
      return { title: 'Versions don’t match', ...RECONNECT };
    case 'HOST_REFUSED':
    case 'ORIGIN_REFUSED':
      return { title: 'Connection refused', ...RECONNECT };
    case 'HELLO_TIMEOUT':
      return { title: 'Connection timed out', ...RECONNECT };
    case 'BAD_REQUEST':
    case 'INTERNAL':
      return { title: 'Something went wrong', ...TRY_AGAIN };
  }
}
