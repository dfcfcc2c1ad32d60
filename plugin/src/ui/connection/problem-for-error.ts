import type { ErrorPayload } from '@samepoint/shared-protocol';

/** What the one button of a problem's screen does. */
type ProblemAction = 'retry' | 'back' | 'reconnect' | 'pull-model';

/** A screen for one failure: what happened, what to do next, and the one button that helps. */
export interface ProblemScreen {
  title: string;
  message: string;
  hint: string;
  action: ProblemAction;
  label: string;
}

/** The screen for an error of the daemon. Every code has one; a new code does not compile until it has. */
export function problemForError(error: ErrorPayload): ProblemScreen {
  const { message, hint } = error;
  return { message, hint, ...headFor(error) };
}

type Head = Pick<ProblemScreen, 'title' | 'action' | 'label'>;

const TRY_AGAIN = { action: 'retry', label: 'Try again' } as const;
const CHOOSE_FRAMES = { action: 'back', label: 'Choose frames' } as const;
const CONNECT_AGAIN = { action: 'reconnect', label: 'Connect again' } as const;

function headFor(error: ErrorPayload): Head {
  switch (error.code) {
    case 'QUEUE_FULL':
    case 'RATE_LIMITED':
      return { title: 'Busy right now', ...TRY_AGAIN };
    case 'TOO_MANY_CONNECTIONS':
      return { title: 'Too many windows are connected', ...CONNECT_AGAIN };
    case 'GPU_OUT_OF_MEMORY':
      return { title: 'Out of memory', ...TRY_AGAIN };
    case 'ENGINE_CRASHED':
      return { title: 'The engine stopped', ...TRY_AGAIN };
    case 'MODEL_MISSING':
      return { title: 'A model is missing', action: 'pull-model', label: 'Download model' };
    case 'MODEL_INVALID':
      return { title: 'A model is damaged', action: 'pull-model', label: 'Download again' };
    case 'BACKEND_UNKNOWN':
    case 'JOB_KIND_UNSUPPORTED':
    case 'UNKNOWN_MESSAGE':
      return { title: 'Not supported by this version', ...CONNECT_AGAIN };
    case 'IMAGE_MISSING':
      return { title: 'A frame did not arrive', ...TRY_AGAIN };
    case 'IMAGE_UNREADABLE':
      return { title: 'A frame cannot be read', ...CHOOSE_FRAMES };
    case 'IMAGE_TOO_LARGE':
      return { title: 'A frame is too large', ...CHOOSE_FRAMES };
    case 'FRAME_TOO_LARGE':
      return { title: 'Too much for one run', ...CHOOSE_FRAMES };
    case 'ITEM_OUTSIDE_IMAGE':
      return { title: 'An item lies outside its frame', ...CHOOSE_FRAMES };
    case 'JOB_UNKNOWN':
      return { title: 'The run is gone', ...TRY_AGAIN };
    case 'CANCELLED':
      return { title: 'The run was cancelled', ...TRY_AGAIN };
    case 'NOT_PAIRED':
    case 'PAIRING_CODE_WRONG':
    case 'PAIRING_CODE_EXPIRED':
    case 'PAIRING_LOCKED':
      return { title: 'Not paired', ...CONNECT_AGAIN };
    case 'PROTOCOL_MISMATCH':
      return { title: 'Versions do not match', ...CONNECT_AGAIN };
    case 'HOST_REFUSED':
    case 'ORIGIN_REFUSED':
      return { title: 'The connection was refused', ...CONNECT_AGAIN };
    case 'HELLO_TIMEOUT':
      return { title: 'The connection was too slow', ...CONNECT_AGAIN };
    case 'BAD_REQUEST':
    case 'INTERNAL':
      return { title: 'Something went wrong', ...TRY_AGAIN };
  }
}
