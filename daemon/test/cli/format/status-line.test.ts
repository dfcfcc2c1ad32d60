import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { StatusLine, stderrOutput, truncate } from '../../../src/cli/format/status-line.js';
import { testOutput } from '../../support/test-output.js';

describe('a status line', () => {
  it('is not shown if the work ends soon', () => {
    const terminal = testOutput();
    const line = new StatusLine({}, terminal);
    line.show('Matching');
    terminal.advance(499);
    line.clear();
    expect(terminal.written).toEqual([]);
    expect(terminal.isIdle()).toBe(true);
  });

  it('has the elapsed time, which runs on without steps', () => {
    const terminal = testOutput();
    const line = new StatusLine({}, terminal);
    line.show('Matching');
    terminal.advance(500);
    expect(terminal.screen()).toEqual(['Matching']);
    terminal.advance(11_500);
    expect(terminal.screen()).toEqual(['Matching, 12 s']);
    line.show('Matching 3/19 images, 40 s left', false);
    terminal.advance(250);
    expect(terminal.screen()).toEqual(['Matching 3/19 images, 40 s left']);
  });

  it('is written only when it changes', () => {
    const terminal = testOutput();
    new StatusLine({}, terminal).show('Matching 3/19 images, 40 s left', false);
    terminal.advance(10_000);
    expect(terminal.written).toHaveLength(1);
  });

  it('is removed at the end, with its timer', () => {
    const terminal = testOutput();
    const line = new StatusLine({}, terminal);
    line.show('Matching');
    terminal.advance(1000);
    line.clear();
    expect(terminal.screen()).toEqual(['']);
    expect(terminal.isIdle()).toBe(true);
    const { length } = terminal.written;
    line.clear();
    terminal.advance(1000);
    expect(terminal.written).toHaveLength(length);
  });

  it('is removed by Ctrl+C', () => {
    const terminal = testOutput();
    new StatusLine({}, terminal).show('Matching');
    terminal.advance(1000);
    terminal.interrupt();
    expect(terminal.screen()).toEqual(['']);
    expect(terminal.isIdle()).toBe(true);
  });

  it('makes room for notes, which stay', () => {
    const terminal = testOutput();
    const line = new StatusLine({}, terminal);
    line.show('Downloading');
    terminal.advance(500);
    line.note('Trying again.');
    expect(terminal.screen()).toEqual(['Trying again.', 'Downloading']);
  });

  it('is drawn at once if the work blocks, without a timer', () => {
    const terminal = testOutput();
    const line = new StatusLine({ blocks: true }, terminal);
    line.show('Loading the network');
    expect(terminal.screen()).toEqual(['Loading the network']);
    expect(terminal.isIdle()).toBe(true);
  });

  it('never wraps in a narrow terminal', () => {
    const terminal = testOutput({ columns: 12 });
    new StatusLine({}, terminal).show('Computing features, step 3/12');
    terminal.advance(500);
    expect(terminal.screen()).toEqual(['Computing …']);
  });

  it('writes nothing where there is no terminal', () => {
    const log = testOutput({ isTerminal: false });
    const line = new StatusLine({ blocks: true }, log);
    line.show('Matching');
    log.advance(60_000);
    line.clear();
    expect(log.written).toEqual([]);
  });
});

it.each([
  ['unchanged', 'home.png', 8, 'home.png'],
  ['cut', 'home.png', 7, 'home.p…'],
  ['of two columns a character', '画面画面', 8, '画面画面'],
  ['of two columns a character, cut', '画面画面', 7, '画面画…'],
  ['without control characters', 'a\nb\u001b[31m', 80, 'a b [31m'],
  ['for no columns', 'home.png', 0, ''],
])('a text is truncated: %s', (_, text, columns, expected) => {
  expect(truncate(text, columns)).toBe(expected);
});

describe('Ctrl+C', () => {
  const others = process.listeners('SIGINT');
  const calls: string[] = [];
  beforeEach(() => {
    calls.length = 0;
    process.removeAllListeners('SIGINT');
    vi.spyOn(process, 'kill').mockImplementation(() => {
      calls.push('killed');
      return true;
    });
    stderrOutput().onInterrupt(() => calls.push('cleared'));
  });
  afterEach(() => {
    vi.restoreAllMocks();
    process.removeAllListeners('SIGINT');
    for (const other of others) process.on('SIGINT', other);
  });

  it('ends the command after the line is cleared', () => {
    process.emit('SIGINT');
    expect(calls).toEqual(['cleared', 'killed']);
  });

  it.each([
    ['earlier', process.once.bind(process)],
    ['earlier, for good', process.on.bind(process)],
  ])('leaves the end to a command that listens: %s', (_, listen) => {
    process.removeAllListeners('SIGINT');
    listen('SIGINT', () => calls.push('stopping'));
    stderrOutput().onInterrupt(() => calls.push('cleared'));
    process.emit('SIGINT');
    expect(calls).toEqual(['cleared', 'stopping']);
  });
});
