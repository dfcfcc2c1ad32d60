import { afterEach, describe, expect, it, vi } from 'vitest';
import { evalProgress } from '../../../src/cli/format/progress.js';

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** What is shown of a run that took those steps, ten seconds apart, where nothing can be redrawn. */
function shownOf(steps: readonly { done: number; kept: number }[], label = ''): string {
  vi.useFakeTimers();
  let shown = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    shown += String(text);
    return true;
  });
  const progress = evalProgress();
  for (const step of steps) {
    progress.show({ ...step, total: 9, label });
    vi.advanceTimersByTime(10_000);
  }
  progress.stop();
  return shown;
}

describe('the progress of an evaluation', () => {
  it('does not say how long it takes before anything was timed', () => {
    const [first] = shownOf([{ done: 0, kept: 0 }]).split('\n');
    expect(first).toMatch(/ 0\/9 items$/);
  });

  it('nor while there are only items of an earlier run', () => {
    const [said, first] = shownOf([{ done: 3, kept: 3 }]).split('\n');
    expect(said).toMatch(/^3 of 9 items were done before/);
    expect(first).toMatch(/ 3\/9 items$/);
  });

  it('says it by what those of this run took', () => {
    const steps = [3, 4, 5].map((done) => ({ done, kept: 3 }));
    expect(shownOf(steps)).toMatch(/ 5\/9 items, 40 s left\n/);
  });

  it('names the combination of a sweep that is at work', () => {
    expect(shownOf([{ done: 0, kept: 0 }], 't=101 up-ft-index=2')).toMatch(/^t=101 up-ft-index=2 \S* 0\/9 items/);
    expect(shownOf([{ done: 0, kept: 0 }])).toMatch(/^\S* 0\/9 items/);
  });
});
