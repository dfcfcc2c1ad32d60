import { formatDuration } from './format-values.js';

/** Moves to the start of the line and clears it. */
const CLEAR_LINE = '\r\u001b[2K';

/** Commands that end sooner show no progress. */
const DELAY_MS = 500;
/** The line is redrawn this often, for the elapsed time. */
const TICK_MS = 250;
/** Width of a terminal that does not report it, in columns. */
const DEFAULT_COLUMNS = 80;

/** Where progress goes. */
export interface ProgressOutput {
  write(text: string): void;
  /** Whether a line can be redrawn. */
  isTerminal: boolean;
  /** Width in columns. */
  columns(): number;
  /** Milliseconds. */
  now(): number;
  /** Calls back regularly. Returns a function that ends it. */
  every(ms: number, tick: () => void): () => void;
  /** Calls back before Ctrl+C ends the command. Returns a function that ends it. */
  onInterrupt(callback: () => void): () => void;
}

/** Standard error. */
export function stderrOutput(): ProgressOutput {
  const { stderr, env } = process;
  return {
    write: (text) => stderr.write(text),
    isTerminal: stderr.isTTY === true && env.TERM !== 'dumb',
    columns: () => stderr.columns || DEFAULT_COLUMNS,
    now: () => performance.now(),
    every: (ms, tick) => {
      const timer = setInterval(tick, ms).unref();
      return () => clearInterval(timer);
    },
    onInterrupt: beforeInterrupt,
  };
}

/** Without another listener, the signal then ends the process as usual. */
function beforeInterrupt(callback: () => void): () => void {
  const onSignal = () => {
    callback();
    if (process.listenerCount('SIGINT') === 0) process.kill(process.pid, 'SIGINT');
  };
  // first, while the other listeners are still registered
  process.prependOnceListener('SIGINT', onSignal);
  return () => process.off('SIGINT', onSignal);
}

/** The line on standard error. */
let shown: StatusLine | undefined;

/** Writes a line that stays to standard error, above the progress. */
export function writeNote(line: string): void {
  if (shown === undefined) process.stderr.write(`${line}\n`);
  else shown.note(line);
}

export interface StatusOptions {
  /** The work blocks this thread: the line is drawn at once, since no timer runs, and Ctrl+C needs no listener. */
  blocks?: boolean;
}

/** What a command is doing, in one line of a terminal that is cleared at the end. Elsewhere nothing is written. */
export class StatusLine {
  readonly #output: ProgressOutput;
  readonly #blocks: boolean;
  #startedAt = 0;
  #drawnAt = Number.NEGATIVE_INFINITY;
  #text = '';
  #isTimed = true;
  /** The text on the terminal. */
  #drawn: string | undefined;
  #end: (() => void) | undefined;

  constructor({ blocks = false }: StatusOptions = {}, output = stderrOutput()) {
    this.#output = output;
    this.#blocks = blocks;
  }

  /** @param isTimed add the elapsed time, for a text that has no time of its own */
  show(text: string, isTimed = true): void {
    if (!this.#output.isTerminal) return;
    this.#text = text;
    this.#isTimed = isTimed;
    this.#end ??= this.#begin();
    const at = this.#output.now();
    if (this.#blocks || (at - this.#startedAt >= DELAY_MS && at - this.#drawnAt >= TICK_MS)) this.#draw();
  }

  /** Writes a line that stays. */
  note(line: string): void {
    const isDrawn = this.#drawn !== undefined;
    this.#erase();
    this.#output.write(`${line}\n`);
    if (isDrawn) this.#draw();
  }

  /** Removes the line. */
  clear(): void {
    this.#end?.();
    this.#end = undefined;
    this.#erase();
    if (shown === this) shown = undefined;
  }

  #begin(): () => void {
    const { now, every, onInterrupt } = this.#output;
    this.#startedAt = now();
    shown = this;
    if (this.#blocks) return () => {};
    const stopTicks = every(TICK_MS, () => {
      if (now() - this.#startedAt >= DELAY_MS) this.#draw();
    });
    const stopListening = onInterrupt(() => this.clear());
    return () => {
      stopTicks();
      stopListening();
    };
  }

  #draw(): void {
    const { write, columns, now } = this.#output;
    this.#drawnAt = now();
    const seconds = Math.floor((this.#drawnAt - this.#startedAt) / 1000);
    const text = this.#isTimed && seconds > 0 ? `${this.#text}, ${formatDuration(seconds)}` : this.#text;
    // a text in the last column would wrap
    const fitting = truncate(text, columns() - 1);
    if (fitting !== this.#drawn) write(`${CLEAR_LINE}${fitting}`);
    this.#drawn = fitting;
  }

  #erase(): void {
    if (this.#drawn !== undefined) this.#output.write(CLEAR_LINE);
    this.#drawn = undefined;
  }
}

/** Shows what a command is doing until the work ends. */
export async function withStatus<T>(text: string, work: () => Promise<T>): Promise<T> {
  const line = new StatusLine();
  line.show(text);
  try {
    return await work();
  } finally {
    line.clear();
  }
}

/** Characters of two columns: East Asian scripts and emoji. */
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]|\p{Emoji_Presentation}/u;

/** The text in at most this many columns, without control characters. */
export function truncate(text: string, columns: number): string {
  const characters = [...text.replace(/\p{Cc}/gu, ' ')];
  const widths = characters.map((character) => (WIDE.test(character) ? 2 : 1));
  const width = (count: number) => widths.slice(0, count).reduce((sum, one) => sum + one, 0);
  if (width(characters.length) <= columns) return characters.join('');
  let count = characters.length;
  while (count > 0 && width(count) > columns - 1) count--;
  return columns > 0 ? `${characters.slice(0, count).join('')}…` : '';
}
