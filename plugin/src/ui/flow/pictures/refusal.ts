import type { RefusalCause } from '@samepoint/shared-protocol';
import type { Problem } from '../../../shared/messages.js';

const OTHER_CONTENT: Problem = {
  message: 'What is under the edit isn’t in this picture.',
  hint: 'Use a picture that shows the same content, or place the edit by hand.',
};

const TOO_DIFFERENT: Problem = {
  message: 'This picture differs too much from the source to place the edit.',
  hint: 'Use a picture of the same screen, or place the edit by hand.',
};

const PROBLEMS: Record<RefusalCause, Problem> = {
  'too-few-matches': OTHER_CONTENT,
  'no-agreement': OTHER_CONTENT,
  'degenerate-matches': {
    message: 'There is too little under and around the edit to place it.',
    hint: 'Draw the edit where the source has texts or shapes around it, or place it by hand.',
  },
  'implausible-transform': TOO_DIFFERENT,
  'low-confidence': TOO_DIFFERENT,
  'outside-target': {
    message: 'The edit would lie outside of this picture.',
    hint: 'Use a picture that shows the same part of the screen.',
  },
};

/** What a designer reads when an edit is not placed. Earlier daemons give no cause. */
export function problemOfRefusal(cause: RefusalCause | undefined): Problem {
  return cause === undefined ? TOO_DIFFERENT : PROBLEMS[cause];
}
