import { SingleBar } from 'cli-progress';
import type { EvalProgress } from '../../eval/evaluate.js';
import type { PullProgress } from '../../models/download/progress.js';

/** `unet/x.safetensors 12 % of 1.7 GB, 24.1 MB/s, 1 min 2 s left` */
export function downloadLine({ file, bytes, totalBytes, bytesPerSecond, secondsLeft }: PullProgress): string {
  const percent = totalBytes === 0 ? 100 : Math.floor((bytes / totalBytes) * 100);
  const rate = bytesPerSecond === undefined ? '' : `, ${formatBytes(bytesPerSecond)}/s`;
  const left = secondsLeft === undefined ? '' : `, ${formatDuration(secondsLeft)} left`;
  return `${file}: ${formatBytes(bytes)} of ${formatBytes(totalBytes)} (${percent} %)${rate}${left}`;
}

/** Decimal units, as download pages and disk tools have them. */
export function formatBytes(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(2)} GB`;
  if (bytes >= 1e6) return `${(bytes / 1e6).toFixed(1)} MB`;
  return `${(bytes / 1e3).toFixed(0)} kB`;
}

/** `1 min 2 s` */
export function formatDuration(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  return minutes < 60 ? `${minutes} min ${whole % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Goes to the start of the line on a terminal, and clears it. */
const CLEAR_LINE = '\r\u001b[2K';

/** A line of its own for a download that tries again; on a terminal it takes the place of the line that is redrawn. */
export function retryLine(reason: string, isTerminal: boolean): string {
  return `${isTerminal ? CLEAR_LINE : ''}Trying again: ${reason}.\n`;
}

/** Redrawn this often where a line can be redrawn. */
const REDRAW_MS = 200;
/** Elsewhere, a line for each file and each of these steps. */
const STEP_PERCENT = 10;

/** Shows progress: one line that is redrawn on a terminal, plain lines in a log. */
export function progressPrinter(write: (text: string) => void, isTerminal: boolean, now: () => number) {
  let lastDrawn = Number.NEGATIVE_INFINITY;
  let lastStep = '';
  return (progress: PullProgress): void => {
    const isLast = progress.bytes === progress.totalBytes;
    if (isTerminal) {
      if (now() - lastDrawn < REDRAW_MS && !isLast) return;
      lastDrawn = now();
      write(`${CLEAR_LINE}${downloadLine(progress)}${isLast ? '\n' : ''}`);
      return;
    }
    const step = `${progress.file} ${Math.floor((progress.bytes / progress.totalBytes) * (100 / STEP_PERCENT))}`;
    if (step === lastStep) return;
    lastStep = step;
    write(`${downloadLine(progress)}\n`);
  };
}

/** Says on stderr how many of `total` are done, on one line that is written over. */
export interface ProgressLine {
  /** One more is done. */
  step(): void;
  /** Ends the line, so that what is written next has one of its own. */
  end(): void;
}

/** @param what in the plural: "frames" */
export function progressLine(total: number, what: string): ProgressLine {
  let done = 0;
  let isOpen = false;
  const end = () => {
    if (isOpen) process.stderr.write('\n');
    isOpen = false;
  };
  return {
    step() {
      done++;
      process.stderr.write(`\r${done}/${total} ${what}`);
      isOpen = true;
      if (done === total) end();
    },
    end,
  };
}

/** Where nothing can be redrawn, a line is written this often. */
const LOG_EVERY_MS = 10_000;

/** Shows on stderr how many items are done and, once one has been timed, how long the rest will take. */
export function evalProgress(): { show(progress: EvalProgress): void; stop(): void } {
  let isTimed = false;
  const bar = new SingleBar({
    format: '{label}{bar} {value}/{total} items{eta_formatted}',
    // what the library says before the first item is a zero, and of a very long time a word
    formatTime: (seconds) => (isTimed && Number.isFinite(seconds) ? `, ${formatDuration(seconds)} left` : ''),
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: false,
    noTTYOutput: true,
    notTTYSchedule: LOG_EVERY_MS,
    stream: process.stderr,
  });
  let isShown = false;
  return {
    show({ done, total, kept, label }) {
      const payload = { label: label === '' ? '' : `${label} ` };
      if (isShown) {
        isTimed = true;
        return bar.update(done, payload);
      }
      if (kept > 0) process.stderr.write(`${kept} of ${total} items were done before; --fresh does them again.\n`);
      if (done === total) return;
      bar.start(total, done, payload);
      isShown = true;
    },
    stop() {
      if (isShown) bar.stop();
      isShown = false;
    },
  };
}
