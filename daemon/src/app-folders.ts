import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SamepointError } from '@samepoint/shared-protocol';
import envPaths from 'env-paths';
import { writeFailure } from './write-failure.js';
import { makeFolder, writeFileAtomic } from './write-files.js';

/** The folder of persistent state: `SAMEPOINT_STATE_DIR`, or the system's default. */
export function stateDir(env: NodeJS.ProcessEnv = process.env): string {
  return env.SAMEPOINT_STATE_DIR || envPaths('samepoint', { suffix: '' }).data;
}

/** The folder of the Figma plugin that each start of the daemon updates. */
export function pluginFolder(env?: NodeJS.ProcessEnv): string {
  return join(stateDir(env), 'plugin');
}

/**
 * Creates a state folder that only this user can read.
 * @param use the folder's content, for the message
 * @throws SamepointError `INTERNAL`
 */
export function makeStateFolder(folder: string, use: string): void {
  try {
    makeFolder(folder, 0o700);
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? ` (${thrown.code})` : '';
    throw new SamepointError(
      'INTERNAL',
      `The folder ${folder} for ${use} cannot be created${code}.`,
      writeFailure(thrown).remedy ?? SET_STATE_DIR,
    );
  }
}

const SET_STATE_DIR = 'Set SAMEPOINT_STATE_DIR to a writable folder.';

/**
 * Replaces a file of the state folder atomically; only this user can read it.
 * @throws SamepointError `INTERNAL`; the previous content is still there
 */
export function writeStateFile(path: string, content: string): void {
  try {
    writeFileAtomic(path, content, 0o600);
  } catch (thrown) {
    const { reason, remedy } = writeFailure(thrown);
    throw new SamepointError('INTERNAL', `Cannot write ${path}: ${reason}.`, remedy ?? SET_STATE_DIR);
  }
}

/**
 * Creates an empty temporary folder.
 * @param prefix of its name
 * @throws SamepointError `INTERNAL`
 */
export function makeTemporaryFolder(prefix: string): string {
  try {
    return mkdtempSync(join(tmpdir(), prefix));
  } catch (thrown) {
    const { reason, remedy = 'Set TMPDIR, or TEMP on Windows, to a folder that exists and is writable.' } =
      writeFailure(thrown);
    throw new SamepointError('INTERNAL', `No temporary folder can be created in ${tmpdir()}: ${reason}.`, remedy);
  }
}

/** The folder of caches: `SAMEPOINT_CACHE_DIR`, or the system's default. */
export function cacheDir(env: NodeJS.ProcessEnv = process.env): string {
  return env.SAMEPOINT_CACHE_DIR || envPaths('samepoint', { suffix: '' }).cache;
}
