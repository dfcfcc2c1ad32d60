import type { EvalProgress } from '../../eval/evaluate.js';
import type { PullProgress } from '../../models/download/progress.js';
import { formatBytes, formatDuration } from './format-values.js';

/** Moves to the start of the line and clears it. */
const CLEAR_LINE = '\r\u001b[2K';

/** A terminal's line is redrawn at most this often. */
const REDRAW_MS = 200;
/** A log gets a line for each of this many steps, and for each of these periods. */
const LOG_STEPS = 10;
const LOG_MS = 30_000;

export interface ProgressOutput {
  write(text: string): void;
  isTerminal: boolean;
  /** Milliseconds. */
  now(): number;
}

function stderrOutput(): ProgressOutput {
  return {
    write: (text) => process.stderr.write(text),
    isTerminal: process.stderr.isTTY === true,
    now: () => performance.now(),
  };
}

/** Progress on stderr: one line that is redrawn on a terminal, a line now and then in a log. */
export class ProgressDisplay {
  readonly #output: ProgressOutput;
  #writtenAt = Number.NEGATIVE_INFINITY;
  #section = '';
  #step = -1;
  #isLineOpen = false;

  constructor(output = stderrOutput()) {
    this.#output = output;
  }

  /** @param section what is in progress; a log gets a line at the start of each */
  show(text: string, done: number, total: number, section = ''): void {
    const { write, isTerminal, now } = this.#output;
    const at = now();
    const elapsedMs = at - this.#writtenAt;
    if (isTerminal) {
      if (elapsedMs < REDRAW_MS && done < total) return;
      write(`${CLEAR_LINE}${text}`);
      this.#isLineOpen = true;
      if (done === total) this.stop();
    } else {
      const step = total === 0 ? LOG_STEPS : Math.floor((done / total) * LOG_STEPS);
      if (section === this.#section && step === this.#step && elapsedMs < LOG_MS) return;
      this.#section = section;
      this.#step = step;
      write(`${text}\n`);
    }
    this.#writtenAt = at;
  }

  /** Writes a line that stays. */
  note(line: string): void {
    this.#output.write(`${this.#isLineOpen ? CLEAR_LINE : ''}${line}\n`);
    this.#isLineOpen = false;
  }

  /** Ends an open line. */
  stop(): void {
    if (this.#isLineOpen) this.#output.write('\n');
    this.#isLineOpen = false;
  }
}

/** Progress through countable things: `t=101 3/9 items, 40 s left`. */
export class CountProgress {
  readonly #output: ProgressOutput;
  readonly #display: ProgressDisplay;
  readonly #startedAt: number;

  /**
   * @param unit in the plural: "frames"
   * @param cached how many were done before; they do not count for the time left
   */
  constructor(
    readonly total: number,
    readonly unit: string,
    readonly cached = 0,
    output = stderrOutput(),
  ) {
    this.#output = output;
    this.#display = new ProgressDisplay(output);
    this.#startedAt = output.now();
  }

  show(done: number, label = ''): void {
    const { total, unit } = this;
    const text = `${label === '' ? '' : `${label} `}${done}/${total} ${unit}${this.#timeLeft(done)}`;
    this.#display.show(text, done, total, label);
  }

  stop(): void {
    this.#display.stop();
  }

  #timeLeft(done: number): string {
    if (done === this.total || done <= this.cached) return '';
    const seconds = (this.#output.now() - this.#startedAt) / 1000;
    return `, ${formatDuration((seconds * (this.total - done)) / (done - this.cached))} left`;
  }
}

/** Progress of an evaluation. Mentions the results of an earlier run first. */
export function evalProgress(output = stderrOutput()): { show(progress: EvalProgress): void; stop(): void } {
  let progress: CountProgress | undefined;
  return {
    show({ done, total, cached, label }) {
      if (progress === undefined) {
        progress = new CountProgress(total, 'items', cached, output);
        if (cached > 0) output.write(`${cached} of ${total} items are cached; use --fresh to evaluate them again.\n`);
        if (done === total) return;
      }
      progress.show(done, label);
    },
    stop: () => progress?.stop(),
  };
}

/** `unet/x.safetensors: 500.0 MB of 2.00 GB (25 %), 20.0 MB/s, 1 min 15 s left` */
export function downloadLine({ file, bytes, totalBytes, bytesPerSecond, secondsLeft }: PullProgress): string {
  const percent = totalBytes === 0 ? 100 : Math.floor((bytes / totalBytes) * 100);
  const rate = bytesPerSecond === undefined ? '' : `, ${formatBytes(bytesPerSecond)}/s`;
  const left = secondsLeft === undefined ? '' : `, ${formatDuration(secondsLeft)} left`;
  return `${file}: ${formatBytes(bytes)} of ${formatBytes(totalBytes)} (${percent} %)${rate}${left}`;
}
