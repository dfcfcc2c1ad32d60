import { resolve } from 'node:path';
import { stateDir } from '../../app-folders.js';

/** Folders and files, which may be relative to the current folder. */
const PATHS = [
  'SAMEPOINT_CACHE_DIR',
  'HF_HOME',
  'HF_HUB_CACHE',
  'HUGGINGFACE_HUB_CACHE',
  'HF_ASSETS_CACHE',
  'XDG_CACHE_HOME',
  'NODE_EXTRA_CA_CERTS',
];
const SETTINGS = [
  ...[
    'SAMEPOINT_NO_CACHE',
    'SAMEPOINT_PROVIDER',
    'SAMEPOINT_DEVICE',
    'HF_ENDPOINT',
    'HF_HUB_OFFLINE',
    'TRANSFORMERS_OFFLINE',
  ],
  // lists of libraries, drivers and devices
  ...['LD_LIBRARY_PATH', 'VK_DRIVER_FILES', 'VK_ICD_FILENAMES', 'CUDA_DEVICE_ORDER', 'CUDA_VISIBLE_DEVICES'],
  ...['http_proxy', 'https_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'],
];

/**
 * The variables of this shell that a daemon outside of it needs for the same state folder, models and settings. Tokens
 * are not among them.
 */
export function serviceEnvironment(env: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const variables: Record<string, string> = { SAMEPOINT_STATE_DIR: resolve(stateDir(env)) };
  for (const name of PATHS) {
    const value = env[name];
    // a leading ~ is replaced by the code that reads the variable
    if (value) variables[name] = value.startsWith('~') ? value : resolve(value);
  }
  for (const name of SETTINGS) {
    const value = env[name];
    if (value) variables[name] = value;
  }
  return variables;
}
