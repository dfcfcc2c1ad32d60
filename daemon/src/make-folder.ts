import { existsSync, mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * Makes a folder and its parents, one by one. Node's own `recursive` never ends where a parent exists and answers that
 * nothing can be made in it because it does not exist, as `/proc` does.
 * @param mode of every folder that is made
 */
export function makeFolder(path: string, mode?: number): void {
  const folder = resolve(path);
  if (existsSync(folder)) return;
  makeFolder(dirname(folder), mode);
  try {
    mkdirSync(folder, mode);
  } catch (thrown) {
    // somebody else was quicker
    if (!existsSync(folder)) throw thrown;
  }
}
