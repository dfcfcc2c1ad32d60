import { copyFileSync, openSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { makeStateFolder } from '../../app-folders.js';

/** Size at which the next start moves the log to `daemon.log.1`. */
const MAX_LOG_BYTES = 1_000_000;

/** Path of the log of daemons in the background. */
export function logFile(stateFolder: string): string {
  return join(stateFolder, 'daemon.log');
}

/**
 * Bounds the log, and opens it for appending.
 * @returns a file descriptor
 * @throws SamepointError or Error of Node
 */
export function openLog(stateFolder: string): number {
  makeStateFolder(stateFolder, 'the log');
  const path = logFile(stateFolder);
  boundLog(path);
  return openSync(path, 'a', 0o600);
}

/**
 * Moves the content of a large log to `<path>.1`, which it replaces. The file stays, as another daemon may append to it.
 * Does nothing if that fails: a large log is no reason not to start.
 */
export function boundLog(path: string, maxBytes = MAX_LOG_BYTES): void {
  try {
    if (statSync(path).size <= maxBytes) return;
    copyFileSync(path, `${path}.1`);
    truncateSync(path);
  } catch {
    // there is no log yet, or it stays large
  }
}
