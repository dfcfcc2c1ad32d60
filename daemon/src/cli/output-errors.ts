import { EXIT_CODES } from './exit-codes.js';

type Output = NodeJS.WriteStream & { fd: 1 | 2 };

/**
 * Takes what goes wrong with standard output and error, which Node would answer with a stack trace. A reader that has gone,
 * as `| head` does, is no failure: files that are still to be written are written, and what is said is said to nobody. What cannot
 * be written for another reason, such as a full disk, makes the exit code 1.
 */
export function takeOutputErrors(): void {
  for (const output of [process.stdout, process.stderr] as const) output.on('error', (error) => take(output, error));
}

function take({ fd }: Output, { code, message }: NodeJS.ErrnoException): void {
  if (code === 'EPIPE') return;
  // at the end, as a command may set its own exit code meanwhile
  process.once('exit', () => {
    process.exitCode = EXIT_CODES.failed;
    if (fd === process.stdout.fd) {
      process.stderr.write(
        `samepoint: The output cannot be written (${code ?? message}). Send it to a disk that has room for it.\n`,
      );
    }
  });
}
