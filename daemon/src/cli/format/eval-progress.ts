import { SingleBar } from 'cli-progress';
import type { EvalProgress } from '../../eval/evaluate.js';
import { formatDuration } from './download-line.js';

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
