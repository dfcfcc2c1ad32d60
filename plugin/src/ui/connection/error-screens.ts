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

const TRY_AGAIN = { action: 'retry', label: 'Try again' } as const;
const CHOOSE_FRAMES = { action: 'back', label: 'Choose frames' } as const;
const RECONNECT = { action: 'reconnect', label: 'Reconnect' } as const;

const SCREENS: Readonly<Record<ErrorPayload['code'], Pick<ErrorScreen, 'title' | 'action' | 'label'>>> = {
  QUEUE_FULL: { title: 'Samepoint is busy', ...TRY_AGAIN },
  RATE_LIMITED: { title: 'Samepoint is busy', ...TRY_AGAIN },
  TOO_MANY_CONNECTIONS: { title: 'Too many connected windows', ...RECONNECT },
  GPU_OUT_OF_MEMORY: { title: 'Out of memory', ...TRY_AGAIN },
  ENGINE_CRASHED: { title: 'The engine stopped', ...TRY_AGAIN },
  MODEL_MISSING: { title: 'Model not downloaded', action: 'download', label: 'Download model' },
  MODEL_INVALID: { title: 'Model file is damaged', action: 'download', label: 'Download again' },
  BACKEND_UNKNOWN: { title: 'Not supported by this version', ...RECONNECT },
  JOB_KIND_UNSUPPORTED: { title: 'Not supported by this version', ...RECONNECT },
  UNKNOWN_MESSAGE: { title: 'Not supported by this version', ...RECONNECT },
  IMAGE_MISSING: { title: 'A frame was not received', ...TRY_AGAIN },
  IMAGE_UNREADABLE: { title: 'A frame can’t be read', ...CHOOSE_FRAMES },
  IMAGE_TOO_LARGE: { title: 'A frame is too large', ...CHOOSE_FRAMES },
  FRAME_TOO_LARGE: { title: 'Too much for one run', ...CHOOSE_FRAMES },
  ITEM_OUTSIDE_IMAGE: { title: 'An item is outside its frame', ...CHOOSE_FRAMES },
  JOB_UNKNOWN: { title: 'The run has expired', ...TRY_AGAIN },
  CANCELLED: { title: 'The run was cancelled', ...TRY_AGAIN },
  NOT_PAIRED: { title: 'Not paired', ...RECONNECT },
  PAIRING_CODE_WRONG: { title: 'Not paired', ...RECONNECT },
  PAIRING_CODE_EXPIRED: { title: 'Not paired', ...RECONNECT },
  PAIRING_LOCKED: { title: 'Not paired', ...RECONNECT },
  PROTOCOL_MISMATCH: { title: 'Versions don’t match', ...RECONNECT },
  HOST_REFUSED: { title: 'Connection refused', ...RECONNECT },
  ORIGIN_REFUSED: { title: 'Connection refused', ...RECONNECT },
  HELLO_TIMEOUT: { title: 'Connection timed out', ...RECONNECT },
  BAD_REQUEST: { title: 'Something went wrong', ...TRY_AGAIN },
  INTERNAL: { title: 'Something went wrong', ...TRY_AGAIN },
};

/** The screen of a daemon error. */
export function errorScreen({ code, message, hint }: ErrorPayload): ErrorScreen {
  return { message, hint, ...SCREENS[code] };
}
