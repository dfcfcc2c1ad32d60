import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { stateDir } from '../state-dir.js';

/** Where models come from and where they lie, after the environment variables of huggingface_hub. */
export interface Locations {
  /** The Hugging Face cache: `models--org--name/{blobs,snapshots,refs}`. */
  hubCache: string;
  /** Our own files: subsets of checkpoints, files from elsewhere. Never read by other tools. */
  ownFolder: string;
  /** Text states of the empty prompt, which are the same for every image. */
  promptFolder: string;
  /** Pins, registered models, and what we put into the Hugging Face cache. */
  stateFile: string;
  endpoint: string;
  token: string | undefined;
  offline: boolean;
}

const DEFAULT_ENDPOINT = 'https://huggingface.co';
const TRUE_VALUES: ReadonlySet<string> = new Set(['1', 'ON', 'YES', 'TRUE']);

/** Reads HF_HOME, HF_HUB_CACHE, HF_ASSETS_CACHE, HF_ENDPOINT, HF_TOKEN and HF_HUB_OFFLINE. */
export function locations(env: NodeJS.ProcessEnv): Locations {
  const home = env.HF_HOME || join(env.XDG_CACHE_HOME || '~/.cache', 'huggingface');
  const hubCache = expandHome(env.HF_HUB_CACHE || join(home, 'hub'));
  const assets = expandHome(env.HF_ASSETS_CACHE || join(dirname(hubCache), 'assets'));
  return {
    hubCache,
    ownFolder: join(assets, 'samepoint'),
    promptFolder: join(assets, 'samepoint', 'prompts'),
    stateFile: join(stateDir(env), 'models.json'),
    endpoint: (env.HF_ENDPOINT || DEFAULT_ENDPOINT).replace(/\/+$/, ''),
    token: env.HF_TOKEN || undefined,
    offline: TRUE_VALUES.has((env.HF_HUB_OFFLINE ?? '').toUpperCase()),
  };
}

/** On Windows, joining has made the separator behind `~` a backslash. */
function expandHome(path: string): string {
  return /^~(?=$|[\\/])/.test(path) ? join(homedir(), path.slice(1)) : path;
}
