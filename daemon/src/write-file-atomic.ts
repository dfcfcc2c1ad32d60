import { randomUUID } from 'node:crypto';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder } from './make-folder.js';

/**
 * Writes a file beside its path and moves it over: readers and crashes find the old content or the new one, never a part.
 * Makes the folder. Throws what Node throws.
 */
export function writeFileAtomic(
  path: string,
  content: string | Uint8Array,
  modes: { file?: number; folder?: number } = {},
): void {
  makeFolder(dirname(path), modes.folder);
  const unfinished = `${path}.${randomUUID()}.part`;
  try {
    writeFileSync(unfinished, content, modes.file === undefined ? {} : { mode: modes.file });
    renameSync(unfinished, path);
  } catch (thrown) {
    rmSync(unfinished, { force: true });
    throw thrown;
  }
}
