import { mkdirSync, statSync } from 'node:fs';
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
