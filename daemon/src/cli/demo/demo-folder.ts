import { cpSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { SamepointError } from '@samepoint/shared-protocol';
import { writeFailure } from '../../write-failure.js';
import { makeFolder } from '../../write-files.js';

/** The samples of the package. */
const SAMPLES = fileURLToPath(new URL('../../../samples/', import.meta.url));

/**
 * Copies the samples to a new or an empty folder. With `force`, it may also hold an earlier copy; its other files stay.
 * @throws SamepointError `BAD_REQUEST`, or `INTERNAL` if the package has no samples
 */
export function copySamples(folder: string, { force = false, samples = SAMPLES } = {}): void {
  const names = sampleNames(samples);
  const existing = entriesOf(folder);
  if (existing.length > 0) {
    const isDemo = names.every((name) => existing.includes(name));
    if (!isDemo) throw invalidFolder(folder, 'it has other files', 'Choose a new or an empty folder.');
    const hint = 'Add --force to run the demo there again, or choose another folder.';
    if (!force) throw invalidFolder(folder, 'it has a demo already', hint);
  }
  try {
    makeFolder(folder);
    cpSync(samples, folder, { recursive: true });
  } catch (thrown) {
    const { reason, remedy = 'Choose another folder.' } = writeFailure(thrown);
    throw invalidFolder(folder, reason, remedy);
  }
}

function sampleNames(samples: string): string[] {
  try {
    return readdirSync(samples);
  } catch {
    throw new SamepointError('INTERNAL', `The samples are missing from ${samples}.`, 'Install samepoint again.');
  }
}

/** Names in a folder; none if it does not exist. */
function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
    if (code === 'ENOENT') return [];
    const reason = code === 'ENOTDIR' ? 'it is a file' : writeFailure(thrown).reason;
    throw invalidFolder(folder, reason, 'Choose another folder.');
  }
}

function invalidFolder(folder: string, reason: string, hint: string): SamepointError {
  return new SamepointError('BAD_REQUEST', `The demo cannot be copied to ${folder}: ${reason}.`, hint);
}
