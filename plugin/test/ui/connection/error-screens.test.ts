import { ERROR_CODES } from '@samepoint/shared-protocol';
import { expect, it } from 'vitest';
import { errorScreen } from '../../../src/ui/connection/error-screens.js';
import { failure } from '../fixtures.js';

it.each(ERROR_CODES)('%s has a screen with the message, the hint and one action', (code) => {
  const screen = errorScreen(failure(code));
  expect(screen.title).not.toBe('');
  expect(screen.label).not.toBe('');
  expect(['retry', 'back', 'reconnect', 'download']).toContain(screen.action);
  expect(screen).toMatchObject({ message: `What happened: ${code}.`, hint: 'What to do next.' });
});

it('has different titles for errors with different remedies', () => {
  const codes = ['QUEUE_FULL', 'GPU_OUT_OF_MEMORY', 'ENGINE_CRASHED', 'MODEL_MISSING', 'INTERNAL'] as const;
  const titles = codes.map((code) => errorScreen(failure(code)).title);
  expect(new Set(titles).size).toBe(codes.length);
});
