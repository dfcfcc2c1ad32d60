import { expect, it } from 'vitest';
import { problemOfRefusal } from '../../../src/ui/flow/pictures/refusal.js';

it.each([
  ['All of the edit would lie outside the target.', /outside of this picture/],
  [
    '90 of 600 points … were found in the target, but most of it would lie outside the target.',
    /outside of this picture/,
  ],
  ['Only 3 of 600 points in and around the edit were found in the target.', /isn’t in this picture/],
  ['Only 9 of the 80 points that were found agree on one transform.', /isn’t in this picture/],
  ['90 of 600 … the transform that fits the matches scales it by 0.065 to 0.065.', /differs too much/],
])('says in plain words: %s', (reason, message) => {
  expect(problemOfRefusal(reason).message).toMatch(message);
});
