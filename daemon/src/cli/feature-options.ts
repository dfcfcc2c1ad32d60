import { Option } from 'commander';
import { BACKEND_IDS, PRESET_NAMES } from '../diffusion/presets.js';

/** How features are made, as every command that needs some is asked. */
export interface FeatureOptions {
  backend: string;
  preset?: string;
  prompt?: string;
  /** False with `--no-cache`. */
  cache: boolean;
}

export function backendOption(): Option {
  const list = `${BACKEND_IDS.join(', ')}, or several as fuse(a,b) or fuse(a:0.5,b:0.5)`;
  return new Option('--backend <id>', `features to match with: ${list}`).default('ui');
}

export function presetOption(): Option {
  return new Option(
    '--preset <name>',
    `settings of the backend: ${PRESET_NAMES.join(', ')}; not every backend has all`,
  );
}

export function promptOption(): Option {
  return new Option('--prompt <text>', 'text condition of Stable Diffusion, for example "a photo of a cat"');
}

export function mirroredOption(): Option {
  return new Option(
    '--mirrored',
    'also say whether a target rather shows the source mirrored; nothing is mirrored for it',
  );
}

export function noCacheOption(): Option {
  return new Option('--no-cache', 'neither read nor write features on disk');
}

/** Obeys `--no-cache`, here and in the engine's process, which reads the environment. */
export function keepOffDisk({ cache }: Pick<FeatureOptions, 'cache'>): void {
  if (!cache) process.env.SAMEPOINT_NO_CACHE = '1';
}
