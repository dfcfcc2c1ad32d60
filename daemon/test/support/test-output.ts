import type { ProgressOutput } from '../../src/cli/format/status-line.js';

const CLEAR_LINE = '\r\u001b[2K';

/** An output with a clock that the test advances, and the lines that a terminal then shows. */
export function testOutput({ isTerminal = true, columns = 80 }: { isTerminal?: boolean; columns?: number } = {}) {
  const written: string[] = [];
  const timers = new Set<() => void>();
  const interrupts = new Set<() => void>();
  let clock = 0;
  let advanced = 0;
  return {
    written,
    isTerminal,
    write: (text: string) => written.push(text),
    columns: () => columns,
    now: () => clock,
    every: (ms: number, tick: () => void) => {
      const start = clock;
      const due = () => {
        for (let at = advanced + 1; at <= clock; at++) if ((at - start) % ms === 0) tick();
      };
      timers.add(due);
      return () => timers.delete(due);
    },
    onInterrupt: (callback: () => void) => {
      interrupts.add(callback);
      return () => interrupts.delete(callback);
    },
    /** Passes time, in milliseconds. */
    advance: (ms: number) => {
      advanced = clock;
      clock += ms;
      for (const due of timers) due();
    },
    interrupt: () => {
      for (const callback of interrupts) callback();
    },
    /** Whether nothing is left that would be called back. */
    isIdle: () => timers.size + interrupts.size === 0,
    screen: () =>
      written
        .join('')
        .split('\n')
        .map((line) =>
          line.slice(line.lastIndexOf(CLEAR_LINE) + 1 && line.lastIndexOf(CLEAR_LINE) + CLEAR_LINE.length),
        ),
  } satisfies ProgressOutput & Record<string, unknown>;
}
