import type { RefusalCause } from '@samepoint/shared-protocol';
import type { Problem } from '../../../shared/messages.js';

const OTHER_CONTENT: Problem = {
  message: 'The pictures show too little of the same content to be aligned.',
  hint: 'Compare two versions of one screen. If they share only a part, crop both to it.',
};

const PROBLEMS: Record<RefusalCause, Problem> = {
  'too-few-matches': OTHER_CONTENT,
  'no-agreement': OTHER_CONTENT,
  'low-confidence': OTHER_CONTENT,
  'degenerate-matches': {
    message: 'There is too little in the pictures to align them.',
    hint: 'Compare frames with texts or shapes all over.',
  },
  'implausible-transform': {
    message: 'No shift, scale or perspective brings one picture onto the other.',
    hint: 'If parts of the layout moved separately, compare these parts one by one.',
  },
  'outside-target': {
    message: 'The first picture would lie outside of the second.',
    hint: 'Compare pictures that show the same part of the screen.',
  },
};

/** Why two versions are not aligned. Earlier daemons give no cause. */
export function problemOfAlignment(cause: RefusalCause | undefined): Problem {
  return cause === undefined ? OTHER_CONTENT : PROBLEMS[cause];
}
