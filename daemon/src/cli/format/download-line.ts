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
