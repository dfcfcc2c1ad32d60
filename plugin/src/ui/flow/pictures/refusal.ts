import type { Problem } from '../../../shared/messages.js';

/** Causes that the daemon's reasons tell by their wording. Other reasons get `OTHER`. */
const CAUSES: readonly { pattern: RegExp; problem: Problem }[] = [
  {
    pattern: /outside the target/,
    problem: {
      message: 'The edit would lie outside of this picture.',
      hint: 'Use a picture that shows the same part of the screen.',
    },
  },
  {
    pattern: /^Only \d+ of \d+ points in and around the edit|but no \w+ fits|^Only .* agree/,
    problem: {
      message: 'What is under the edit isn’t in this picture.',
      hint: 'Use a picture that shows the same content, or place the edit by hand.',
    },
  },
];

const OTHER: Problem = {
  message: 'This picture differs too much from the source to place the edit.',
  hint: 'Use a picture of the same screen, or place the edit by hand.',
};

/** What a designer reads for the daemon's reason not to place an edit. */
export function problemOfRefusal(reason: string): Problem {
  return CAUSES.find(({ pattern }) => pattern.test(reason))?.problem ?? OTHER;
}
