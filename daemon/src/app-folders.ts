import { SamepointError } from '@samepoint/shared-protocol';
import envPaths from 'env-paths';
import { makeFolder } from './write-files.js';

/** Where the daemon keeps what must survive a restart: `SAMEPOINT_STATE_DIR`, or the system's place for it. */
export function stateDir(env: NodeJS.ProcessEnv = process.env): string {
  return env.SAMEPOINT_STATE_DIR || envPaths('samepoint', { suffix: '' }).data;
}

/**
 * Makes a folder of the state, which nobody else may read.
 * @param use what is kept there, for the sentence
 * @throws SamepointError `INTERNAL`
 */
export function makeStateFolder(folder: string, use: string): void {
  try {
    makeFolder(folder, 0o700);
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? ` (${thrown.code})` : '';
    throw new SamepointError(
      'INTERNAL',
      `The folder ${folder} for ${use} cannot be made${code}.`,
      'Set SAMEPOINT_STATE_DIR to a folder that you may write to.',
    );
  }
}

/** Where what can be computed again is kept: `SAMEPOINT_CACHE_DIR`, or the system's place for it. */
export function cacheDir(env: NodeJS.ProcessEnv = process.env): string {
  return env.SAMEPOINT_CACHE_DIR || envPaths('samepoint', { suffix: '' }).cache;
}
