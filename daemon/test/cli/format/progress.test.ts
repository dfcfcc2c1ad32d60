import { describe, expect, it } from 'vitest';
import { CountProgress, downloadLine, evalProgress, ProgressDisplay } from '../../../src/cli/format/progress.js';

/** An output with a clock that the test advances. */
function output(isTerminal: boolean) {
  const written: string[] = [];
  let clock = 0;
  return {
    written,
    isTerminal,
    write: (text: string) => written.push(text),
    now: () => clock,
    advance: (ms: number) => {
      clock += ms;
    },
  };
}

const PERCENTS = Array.from({ length: 101 }, (_, n) => n);

describe('progress on a terminal', () => {
  it('is one line, redrawn a few times a second and at the end', () => {
    const terminal = output(true);
    const display = new ProgressDisplay(terminal);
    for (const done of PERCENTS) {
      terminal.advance(20);
      display.show(`${done} %`, done, 100);
    }
    const drawn = terminal.written.filter((text) => text !== '\n');
    expect(drawn.length).toBeLessThan(15);
    expect(drawn.every((text) => text.startsWith('\r'))).toBe(true);
    expect(terminal.written.slice(-2)).toEqual(['\r\u001b[2K100 %', '\n']);
  });

  it('is cleared by a note, which stays', () => {
    const terminal = output(true);
    const display = new ProgressDisplay(terminal);
    display.show('1 %', 1, 100);
    display.note('Trying again.');
    display.stop();
    expect(terminal.written.slice(1)).toEqual(['\r\u001b[2KTrying again.\n']);
  });

  it('is ended by a stop, once', () => {
    const terminal = output(true);
    const display = new ProgressDisplay(terminal);
    display.show('1 %', 1, 100);
    display.stop();
    display.stop();
    expect(terminal.written.slice(1)).toEqual(['\n']);
  });
});

describe('progress in a log', () => {
  it('is a line for every tenth', () => {
    const log = output(false);
    const display = new ProgressDisplay(log);
    for (const done of PERCENTS) display.show(`${done} %`, done, 100);
    expect(log.written).toEqual(PERCENTS.filter((done) => done % 10 === 0).map((done) => `${done} %\n`));
  });

  it('is also a line for each section', () => {
    const log = output(false);
    const display = new ProgressDisplay(log);
    for (const file of ['a', 'a', 'b', 'b']) display.show(file, 1, 100, file);
    expect(log.written).toEqual(['a\n', 'b\n']);
  });

  it('is also a line every half minute', () => {
    const log = output(false);
    const display = new ProgressDisplay(log);
    for (const done of [1, 2, 3]) {
      display.show(`${done}`, done, 1000);
      log.advance(20_000);
    }
    expect(log.written).toEqual(['1\n', '3\n']);
  });
});

describe('counted progress', () => {
  it('estimates the time left from what is done', () => {
    const log = output(false);
    const progress = new CountProgress(9, 'items', 3, log);
    for (const done of [3, 4, 5]) {
      progress.show(done);
      log.advance(10_000);
    }
    expect(log.written).toEqual(['3/9 items\n', '4/9 items, 50 s left\n', '5/9 items, 40 s left\n']);
  });

  it('shows no time left at the end', () => {
    const log = output(false);
    const progress = new CountProgress(2, 'frames', 0, log);
    log.advance(1000);
    progress.show(2);
    expect(log.written).toEqual(['2/2 frames\n']);
  });
});

describe('the progress of an evaluation', () => {
  it('mentions cached items before the first item', () => {
    const log = output(false);
    evalProgress(log).show({ done: 3, total: 9, cached: 3, label: '' });
    expect(log.written).toEqual(['3 of 9 items are cached; use --fresh to evaluate them again.\n', '3/9 items\n']);
  });

  it('is not shown if every item is cached', () => {
    const log = output(false);
    evalProgress(log).show({ done: 9, total: 9, cached: 9, label: '' });
    expect(log.written).toEqual(['9 of 9 items are cached; use --fresh to evaluate them again.\n']);
  });

  it('names the combination of a sweep', () => {
    const log = output(false);
    evalProgress(log).show({ done: 0, total: 9, cached: 0, label: 't=101 up-ft-index=2' });
    expect(log.written).toEqual(['t=101 up-ft-index=2 0/9 items\n']);
  });
});

it('the progress of a download has bytes, rate and time left', () => {
  const progress = { file: 'a', bytes: 5e8, totalBytes: 2e9, bytesPerSecond: 2e7, secondsLeft: 75 };
  expect(downloadLine(progress)).toBe('a: 500.0 MB of 2.00 GB (25 %), 20.0 MB/s, 1 min 15 s left');
});
