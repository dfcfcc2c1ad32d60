import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { stateDir } from '../app-folders.js';
import { type ProxySettings, proxySettings } from './download/proxy.js';

/** Sources and folders of models, from the environment variables of huggingface_hub. */
export interface Locations {
  /** The Hugging Face cache: `models--org--name/{blobs,snapshots,refs}`. */
  hubCache: string;
  /** Samepoint's own cache: subsets of checkpoints, and files that are not on the hub. Not read by other tools. */
  samepointCache: string;
  /** Text states of the empty prompt, which do not depend on the image. */
  promptFolder: string;
  /** Pins, registered models, and the files Samepoint added to the Hugging Face cache. */
  stateFile: string;
  /** Validated on use, so that offline commands work with any value of HF_ENDPOINT. */
  endpoint: string;
  proxies: ProxySettings;
  token: string | undefined;
  offline: boolean;
}

const DEFAULT_ENDPOINT = 'https://huggingface.co';
const TRUE_VALUES: ReadonlySet<string> = new Set(['1', 'ON', 'YES', 'TRUE']);

/**
 * Reads HF_HOME, HF_HUB_CACHE, HF_ASSETS_CACHE, HF_ENDPOINT, HF_TOKEN, HF_HUB_OFFLINE and the older names that
 * huggingface_hub also accepts; HTTPS_PROXY, HTTP_PROXY and NO_PROXY.
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

/** Strips trailing slashes. An invalid address is returned unchanged, for the error message. */
function endpointOf(written: string): string {
  const address = withScheme(written.trim());
  return /^https?:/i.test(address) && URL.canParse(address) ? address.replace(/\/+$/, '') : written;
}

/** Adds `https://` to a bare host, as proxies and mirrors are often written. */
function withScheme(endpoint: string): string {
  return /^[\w-]+(\.[\w-]+)+(:\d+)?(\/.*)?$/.test(endpoint) ? `https://${endpoint}` : endpoint;
}

/** Also expands `~\`, which path joining produces on Windows. */
function expandHome(path: string): string {
  return /^~(?=$|[\\/])/.test(path) ? join(homedir(), path.slice(1)) : path;
}
