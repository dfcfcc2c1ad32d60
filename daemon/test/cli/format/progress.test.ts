import { describe, expect, it } from 'vitest';
import {
  CountProgress,
  downloadLine,
  evalProgress,
  jobLines,
  ProgressDisplay,
} from '../../../src/cli/format/progress.js';
import { testOutput } from '../../support/test-output.js';

const PERCENTS = Array.from({ length: 101 }, (_, n) => n);

it('progress on a terminal is one line that is removed at the end', () => {
  const terminal = testOutput({ isTerminal: true });
  const display = new ProgressDisplay({}, terminal);
  for (const done of PERCENTS) {
    terminal.advance(20);
    display.show(`${done} %`, done, 100);
  }
  display.stop();
  expect(terminal.written.length).toBeLessThan(15);
  expect(terminal.written.every((text) => text.startsWith('\r\u001b[2K') && !text.includes('\n'))).toBe(true);
  expect(terminal.screen()).toEqual(['']);
});

describe('progress in a log', () => {
  it('is a line for every tenth', () => {
    const log = testOutput({ isTerminal: false });
    const display = new ProgressDisplay({}, log);
    for (const done of PERCENTS) display.show(`${done} %`, done, 100);
    expect(log.written).toEqual(PERCENTS.filter((done) => done % 10 === 0).map((done) => `${done} %\n`));
  });

  it('is also a line for each section', () => {
    const log = testOutput({ isTerminal: false });
    const display = new ProgressDisplay({}, log);
    for (const file of ['a', 'a', 'b', 'b']) display.show(file, 1, 100, file);
    expect(log.written).toEqual(['a\n', 'b\n']);
  });

  it('is also a line every half minute', () => {
    const log = testOutput({ isTerminal: false });
    const display = new ProgressDisplay({}, log);
    for (const done of [1, 2, 3]) {
      display.show(`${done}`, done, 1000);
      log.advance(20_000);
    }
    expect(log.written).toEqual(['1\n', '3\n']);
  });
});

describe('counted progress', () => {
  it('estimates the time left from what is done', () => {
    const log = testOutput({ isTerminal: false });
    const progress = new CountProgress(9, 'items', { cached: 3 }, log);
    for (const done of [3, 4, 5]) {
      progress.show(done);
      log.advance(10_000);
    }
    expect(log.written).toEqual(['3/9 items\n', '4/9 items, 50 s left\n', '5/9 items, 40 s left\n']);
  });

  it('shows no time left at the end', () => {
    const log = testOutput({ isTerminal: false });
    const progress = new CountProgress(2, 'frames', {}, log);
    log.advance(1000);
    progress.show(2);
    expect(log.written).toEqual(['2/2 frames\n']);
  });
});

describe('the progress of a job', () => {
  const steps = (images: number) => {
    const lineOf = jobLines({ work: 'Matching', images });
    return [
      { stage: 'features' as const, done: 0, total: 4, elapsedMs: 10 },
      { stage: 'features' as const, done: 3, total: 4, elapsedMs: 5000 },
      { stage: 'matching' as const, done: 0, total: 40, elapsedMs: 8000 },
      { stage: 'matching' as const, done: 10, total: 40, elapsedMs: 18_000 },
      { stage: 'matching' as const, done: 40, total: 40, elapsedMs: 48_000 },
    ].map(lineOf);
  };

  it('counts images, and estimates the time from the matching alone', () => {
    expect(steps(8)).toEqual([
      { text: 'Loading the network', isTimed: true },
      { text: 'Computing features, step 3/4', isTimed: true },
      { text: 'Matching 0/8 images', isTimed: true },
      { text: 'Matching 2/8 images, 30 s left', isTimed: false },
      { text: 'Matching 8/8 images', isTimed: true },
    ]);
  });

  it('on one image has the elapsed time', () => {
    expect(steps(1).at(-1)).toEqual({ text: 'Matching', isTimed: true });
  });
});

describe('the progress of an evaluation', () => {
  it('mentions cached items before the first item', () => {
    const log = testOutput({ isTerminal: false });
    evalProgress(log).show({ done: 3, total: 9, cached: 3, label: '' });
    expect(log.written).toEqual(['3 of 9 items are cached; use --fresh to evaluate them again.\n', '3/9 items\n']);
  });

  it('is not shown if every item is cached', () => {
    const log = testOutput({ isTerminal: false });
    evalProgress(log).show({ done: 9, total: 9, cached: 9, label: '' });
    expect(log.written).toEqual(['9 of 9 items are cached; use --fresh to evaluate them again.\n']);
  });

  it('names the combination of a sweep', () => {
    const log = testOutput({ isTerminal: false });
    evalProgress(log).show({ done: 0, total: 9, cached: 0, label: 't=101 up-ft-index=2' });
    expect(log.written).toEqual(['t=101 up-ft-index=2 0/9 items\n']);
  });
});

it('the progress of a download has bytes, rate and time left', () => {
  const progress = { file: 'a', bytes: 5e8, totalBytes: 2e9, bytesPerSecond: 2e7, secondsLeft: 75 };
  expect(downloadLine(progress)).toBe('a: 500.0 MB of 2.00 GB (25 %), 20.0 MB/s, 1 min 15 s left');
});
