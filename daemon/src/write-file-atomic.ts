import { randomUUID } from 'node:crypto';
import { renameSync, rmSync, writeFileSync } from 'node:fs';

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
