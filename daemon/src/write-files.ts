import { randomUUID } from 'node:crypto';
import { mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * Creates a folder and its parents, one by one. Node's `recursive` option never returns if mkdir in an existing parent
 * fails with ENOENT, as in `/proc`.
 * @param mode of every created folder
 * @throws Error of Node, with its code, also if a file has that name
 */
export function makeFolder(path: string, mode?: number): void {
  const folder = resolve(path);
  if (isFolder(folder)) return;
  makeFolder(dirname(folder), mode);
  try {
    mkdirSync(folder, mode);
  } catch (thrown) {
    // another process may have created it
    if (!isFolder(folder)) throw thrown;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/**
 * Replaces a file atomically: writes a temporary file and renames it, so that readers never find a partial file.
 * @param mode of the file
 * @throws Error of Node
 */
export function writeFileAtomic(path: string, content: string | Uint8Array, mode?: number): void {
  const unfinished = `${path}.${randomUUID()}.part`;
  try {
    writeFileSync(unfinished, content, mode === undefined ? {} : { mode });
    renameSync(unfinished, path);
  } catch (thrown) {
    rmSync(unfinished, { force: true });
    throw thrown;
  }
}
