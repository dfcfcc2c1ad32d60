import { ERROR_CODES } from '@samepoint/shared-protocol';
import { expect, it } from 'vitest';
import { problemForError } from '../../src/ui/connection/problem-for-error.js';
import { failure } from './fixtures.js';

it.each(ERROR_CODES)('%s has a screen with its own words and one action', (code) => {
  const screen = problemForError(failure(code));
  expect(screen.title).not.toBe('');
  expect(screen.label).not.toBe('');
  expect(['retry', 'back', 'reconnect', 'pull-model']).toContain(screen.action);
  expect(screen).toMatchObject({ message: `What happened: ${code}.`, hint: 'What to do next.' });
});

it('tells the states apart that need different things', () => {
  const codes = ['QUEUE_FULL', 'GPU_OUT_OF_MEMORY', 'ENGINE_CRASHED', 'MODEL_MISSING', 'INTERNAL'] as const;
  const titles = codes.map((code) => problemForError(failure(code)).title);
  expect(new Set(titles).size).toBe(codes.length);
});
