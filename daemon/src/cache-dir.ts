import envPaths from 'env-paths';

/** Where what can be computed again is kept: `SAMEPOINT_CACHE_DIR`, or the system's place for it. */
export function cacheDir(env: NodeJS.ProcessEnv = process.env): string {
  return env.SAMEPOINT_CACHE_DIR || envPaths('samepoint', { suffix: '' }).cache;
}
