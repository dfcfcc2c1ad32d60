import { refusalCauseSchema } from '@samepoint/shared-protocol';
import { expect, it } from 'vitest';
import { problemOfRefusal } from '../../../src/ui/flow/pictures/refusal.js';

it.each([
  ['outside-target', /outside of this picture/],
  ['too-few-matches', /isn’t in this picture/],
  ['no-agreement', /isn’t in this picture/],
  ['degenerate-matches', /too little under and around the edit/],
  ['implausible-transform', /differs too much/],
  ['low-confidence', /differs too much/],
] as const)('has plain words for the cause %s', (cause, message) => {
  expect(problemOfRefusal(cause).message).toMatch(message);
});

it('has a sentence for every cause, and for an earlier daemon without causes', () => {
  for (const cause of [...refusalCauseSchema.options, undefined]) {
    const { message, hint } = problemOfRefusal(cause);
    expect(message).toMatch(/\.$/);
    expect(hint).toMatch(/\.$/);
  }
});
