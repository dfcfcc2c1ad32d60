import { rename, rm, writeFile } from 'node:fs/promises';
import { SamepointError } from '@samepoint/shared-protocol';

/**
 * Writes a file of results whole or not at all: it is written beside and moved over, so that a failure leaves what was
 * there before.
 * @param option that names the file or the folder it is in
 * @throws SamepointError `BAD_REQUEST` when nothing can be written there
 */
export async function writeWhole(path: string, bytes: Uint8Array, option = '--out'): Promise<void> {
  const beside = `${path}.${process.pid}.new`;
  try {
    await writeFile(beside, bytes);
    await rename(beside, path);
  } catch (thrown) {
    await rm(beside, { force: true });
    const reason = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : String(thrown);
    throw new SamepointError(
      'BAD_REQUEST',
      `${path} cannot be written (${reason}).`,
      `Give another path to ${option}.`,
    );
  }
}
