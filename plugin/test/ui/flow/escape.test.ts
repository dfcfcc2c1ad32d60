import { describe, expect, it } from 'vitest';
import { NO_JOB } from '../../../src/shared/messages.js';
import { escapeEvent } from '../../../src/ui/flow/escape.js';
import { applying, type Driver, exporting, picked, preview, running, sending } from './driver.js';

const done = (): Driver =>
  applying().do({
    type: 'main',
    message: { type: 'applied', summary: { created: 2, updated: 0, notes: 0, skipped: [] } },
  });
const undone = (): Driver => done().do({ type: 'undo' }, { type: 'main', message: { type: 'undone' } });

/** Presses Escape and returns the state after it. */
function pressEscape(run: Driver): string {
  const event = escapeEvent(run.flow);
  run.effects();
  if (event !== null) run.do(event);
  const closes = run.effects().some((effect) => effect.type === 'main' && effect.message.type === 'close');
  return closes ? 'closed' : run.state;
}

describe('Escape', () => {
  it.each([
    ['the picks', picked, 'closed'],
    ['an export', exporting, 'pick'],
    ['sending', sending, 'pick'],
    ['a run', running, 'pick'],
    ['the preview', preview, 'pick'],
    ['a correction', () => preview().do({ type: 'preview.correcting', key: 'any' }), 'preview'],
    ['writing', applying, 'applying'],
    ['the result', done, 'closed'],
    ['the result of Undo', undone, 'preview'],
  ] as const)('in %s leads to the screen before, or closes the window', (_, open, expected) => {
    expect(pressEscape(open())).toBe(expected);
  });

  it('keeps the picks of a run that it cancels', () => {
    const run = running();
    const { picks } = run.flow;
    pressEscape(run);
    expect(run.flow.picks).toEqual(picks);
  });

  it('on the pick screen stores the picks for the next window', () => {
    const run = picked();
    run.do({ type: 'close' });
    const stored = run.effects().map((effect) => (effect.type === 'main' ? effect.message : null));
    expect(stored).toMatchObject([
      { type: 'pending.save', pending: { jobId: NO_JOB, sourceId: 's', targetIds: ['t'] } },
      { type: 'close' },
    ]);
  });
});
