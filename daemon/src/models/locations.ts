import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { stateDir } from '../app-folders.js';
import { type ProxySettings, proxySettings } from './download/proxy.js';

/** Where models come from and where they lie, after the environment variables of huggingface_hub. */
export interface Locations {
  /** The Hugging Face cache: `models--org--name/{blobs,snapshots,refs}`. */
  hubCache: string;
  /** Our own files: subsets of checkpoints, files from elsewhere. Never read by other tools. */
  samepointCache: string;
  /** Text states of the empty prompt, which are the same for every image. */
  promptFolder: string;
  /** Pins, registered models, and what we put into the Hugging Face cache. */
  stateFile: string;
  /** Checked when it is used: what needs no network works with any value of HF_ENDPOINT. */
  endpoint: string;
  proxies: ProxySettings;
  token: string | undefined;
  offline: boolean;
}

const DEFAULT_ENDPOINT = 'https://huggingface.co';
const TRUE_VALUES: ReadonlySet<string> = new Set(['1', 'ON', 'YES', 'TRUE']);

/**
 * Reads HF_HOME, HF_HUB_CACHE, HF_ASSETS_CACHE, HF_ENDPOINT, HF_TOKEN, HF_HUB_OFFLINE and the older names that
 * huggingface_hub still takes for them; HTTPS_PROXY, HTTP_PROXY and NO_PROXY.
 */
export function locations(env: NodeJS.ProcessEnv): Locations {
  const home = env.HF_HOME || join(env.XDG_CACHE_HOME || '~/.cache', 'huggingface');
  const hubCache = expandHome(env.HF_HUB_CACHE || env.HUGGINGFACE_HUB_CACHE || join(home, 'hub'));
  const assets = expandHome(env.HF_ASSETS_CACHE || join(dirname(hubCache), 'assets'));
  return {
    hubCache,
    samepointCache: join(assets, 'samepoint'),
    promptFolder: join(assets, 'samepoint', 'prompts'),
    stateFile: join(stateDir(env), 'models.json'),
    endpoint: endpointOf(env.HF_ENDPOINT || DEFAULT_ENDPOINT),
    proxies: proxySettings(env),
    token: env.HF_TOKEN || env.HUGGING_FACE_HUB_TOKEN || undefined,
    offline: TRUE_VALUES.has((env.HF_HUB_OFFLINE || env.TRANSFORMERS_OFFLINE || '').toUpperCase()),
  };
}

/** Without the slashes at its end; what is no address stays as it was written, to be named where it is used. */
function endpointOf(written: string): string {
  const address = withScheme(written.trim());
  return /^https?:/i.test(address) && URL.canParse(address) ? address.replace(/\/+$/, '') : written;
}

/** A host alone, as many proxies and mirrors are written. */
function withScheme(endpoint: string): string {
  return /^[\w-]+(\.[\w-]+)+(:\d+)?(\/.*)?$/.test(endpoint) ? `https://${endpoint}` : endpoint;
}

/** On Windows, joining has made the separator behind `~` a backslash. */
function expandHome(path: string): string {
  return /^~(?=$|[\\/])/.test(path) ? join(homedir(), path.slice(1)) : path;
}
