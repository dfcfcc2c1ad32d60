import type { JobProgress } from '@samepoint/shared-protocol';
import type { EvalProgress } from '../../eval/evaluate.js';
import type { PullProgress } from '../../models/download/progress.js';
import { formatBytes, formatDuration } from './format-values.js';
import { type ProgressOutput, StatusLine, type StatusOptions, stderrOutput } from './status-line.js';

/** A log gets a line for each of this many steps, and for each of these periods. */
const LOG_STEPS = 10;
const LOG_MS = 30_000;

/** Progress on stderr: one line that is redrawn on a terminal and removed at the end, a line now and then in a log. */
export class ProgressDisplay {
  readonly #output: ProgressOutput;
  readonly #line: StatusLine;
  #writtenAt = Number.NEGATIVE_INFINITY;
  #section = '';
  #step = -1;

  constructor(options: StatusOptions = {}, output = stderrOutput()) {
    this.#output = output;
    this.#line = new StatusLine(options, output);
  }

  /** @param section what is in progress; a log gets a line at the start of each */
  show(text: string, done: number, total: number, section = ''): void {
    const { write, isTerminal, now } = this.#output;
    if (isTerminal) {
      this.#line.show(text, false);
      return;
    }
    const step = total === 0 ? LOG_STEPS : Math.floor((done / total) * LOG_STEPS);
    if (section === this.#section && step === this.#step && now() - this.#writtenAt < LOG_MS) return;
    this.#section = section;
    this.#step = step;
    write(`${text}\n`);
    this.#writtenAt = now();
  }

  /** What happens before the first step; terminals only. */
  prepare(text: string): void {
    this.#line.show(text);
  }

  /** Writes a line that stays. */
  note(line: string): void {
    this.#line.note(line);
  }

  stop(): void {
    this.#line.clear();
  }
}

/** Progress through countable things: `t=101 3/9 items, 40 s left`. */
export class CountProgress {
  readonly #output: ProgressOutput;
  readonly #display: ProgressDisplay;
  readonly #cached: number;
  readonly #startedAt: number;

  /**
   * @param unit in the plural: "frames"
   * @param options `cached`: how many were done before; they do not count for the time left
   */
  constructor(
    readonly total: number,
    readonly unit: string,
    { cached = 0, ...options }: StatusOptions & { cached?: number } = {},
    output = stderrOutput(),
  ) {
    this.#output = output;
    this.#cached = cached;
    this.#display = new ProgressDisplay(options, output);
    this.#startedAt = output.now();
  }

  show(done: number, label = ''): void {
    const { total, unit } = this;
    const text = `${label === '' ? '' : `${label} `}${done}/${total} ${unit}${this.#timeLeft(done)}`;
    this.#display.show(text, done, total, label);
  }

  /** What happens before the first step; terminals only. */
  prepare(text: string): void {
    this.#display.prepare(text);
  }

  stop(): void {
    this.#display.stop();
  }

  #timeLeft(done: number): string {
    if (done === this.total || done <= this.#cached) return '';
    const seconds = (this.#output.now() - this.#startedAt) / 1000;
    return `, ${formatDuration((seconds * (this.total - done)) / (done - this.#cached))} left`;
  }
}

export interface EvalDisplay {
  show(progress: EvalProgress): void;
  stop(): void;
}

/** Progress of an evaluation, which blocks this thread. Mentions the results of an earlier run first. */
export function evalProgress(output = stderrOutput()): EvalDisplay {
  let progress: CountProgress | undefined;
  return {
    show({ done, total, cached, label }) {
      if (progress === undefined) {
        progress = new CountProgress(total, 'items', { cached, blocks: true }, output);
        if (cached > 0) output.write(`${cached} of ${total} items are cached; use --fresh to evaluate them again.\n`);
        if (done === total) return;
      }
      progress.show(done, label);
    },
    stop: () => progress?.stop(),
  };
}

/** What a job does, for its progress. */
export interface JobWork {
  /** "Matching". */
  work: string;
  /** Number of images that it does it to. */
  images: number;
}

/** Lines for the progress of a job: `Matching 3/19 images, 40 s left`. Those without a time left are timed. */
export function jobLines({ work, images }: JobWork): (progress: JobProgress) => { text: string; isTimed: boolean } {
  let startedMs = 0;
  return ({ stage, done, total, elapsedMs }) => {
    if (done === 0) startedMs = elapsedMs;
    const seconds = (elapsedMs - startedMs) / 1000;
    const left = done === 0 || done === total ? '' : `, ${formatDuration((seconds * (total - done)) / done)} left`;
    if (stage !== 'matching') {
      const text = done === 0 ? 'Loading the network' : `Computing features, step ${done}/${total}`;
      return { text, isTimed: true };
    }
    if (images < 2) return { text: work, isTimed: true };
    return { text: `${work} ${Math.floor((done / total) * images)}/${images} images${left}`, isTimed: left === '' };
  };
}

/** `unet/x.safetensors: 500.0 MB of 2.00 GB (25 %), 20.0 MB/s, 1 min 15 s left` */
export function downloadLine({ file, bytes, totalBytes, bytesPerSecond, secondsLeft }: PullProgress): string {
  const percent = totalBytes === 0 ? 100 : Math.floor((bytes / totalBytes) * 100);
  const rate = bytesPerSecond === undefined ? '' : `, ${formatBytes(bytesPerSecond)}/s`;
  const left = secondsLeft === undefined ? '' : `, ${formatDuration(secondsLeft)} left`;
  return `${file}: ${formatBytes(bytes)} of ${formatBytes(totalBytes)} (${percent} %)${rate}${left}`;
}
