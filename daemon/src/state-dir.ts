import envPaths from 'env-paths';

/** Where the daemon keeps what must survive a restart: `SAMEPOINT_STATE_DIR`, or the system's place for it. */
export function stateDir(env: NodeJS.ProcessEnv = process.env): string {
  return env.SAMEPOINT_STATE_DIR || envPaths('samepoint', { suffix: '' }).data;
}
