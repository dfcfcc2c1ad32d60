import { randomUUID } from 'node:crypto';
import { mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * Makes a folder and its parents, one by one. Node's own `recursive` never ends where a parent exists and answers that
 * nothing can be made in it because it does not exist, as `/proc` does.
 * @param mode of every folder that is made
 * @throws Error of Node, with its code, also where a file has that name
 */
export function makeFolder(path: string, mode?: number): void {
  const folder = resolve(path);
  if (isFolder(folder)) return;
  makeFolder(dirname(folder), mode);
  try {
    mkdirSync(folder, mode);
  } catch (thrown) {
    // somebody else was quicker
    if (!isFolder(folder)) throw thrown;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/**
 * Writes a file beside its path and moves it over: readers and crashes find the old content or the new one, never a part.
 * Throws what Node throws.
 * @param mode of the file
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
