import { SamepointError } from '@samepoint/shared-protocol';
import type { DiffusionPreset, Preset } from '../presets.js';
import { type FeatureSettings, SETTING_OPTIONS, type SettingName } from './feature-settings.js';

/** Network families that `--network` accepts for a checkpoint without a backend. */
export const NETWORK_KINDS = ['sd-unet', 'cleandift', 'adm', 'vit'] as const;
export type NetworkKind = (typeof NETWORK_KINDS)[number];

/** Settings that are required without a preset. The layer of a ViT defaults to the last. */
const REQUIRED: Readonly<Record<NetworkKind, readonly SettingName[]>> = {
  'sd-unet': ['t', 'upFtIndex', 'size'],
  cleandift: ['upFtIndex', 'size'],
  adm: ['t', 'upFtIndex', 'size'],
  vit: ['size'],
};

/**
 * Default multiple of the input's sides, which matters when the size is downscaled. That of a ViT is a multiple of the
 * usual patch sizes 8, 14, 16 and 32.
 */
const MULTIPLE = { unet: 64, vit: 224 } as const;

/** Initial value of CleanDIFT's learned timestep, for checkpoints without one. */
const CLEANDIFT_T = 261;

/**
 * Preset of a checkpoint without a backend, to be completed by the settings.
 * @param name of the network, for messages
 * @throws SamepointError `BAD_REQUEST` if a required setting is missing
 */
export function barePreset(name: string, network: NetworkKind, settings: FeatureSettings): Preset {
  for (const setting of REQUIRED[network]) if (settings[setting] === undefined) throw missing(name, setting);
  const multiple = MULTIPLE[network === 'vit' ? 'vit' : 'unet'];
  const shared = {
    backend: name,
    name: 'default',
    size: { fit: 'squash', width: multiple, height: multiple, multiple },
    resampling: 'pil-bicubic',
    similarity: 'cosine',
    refinement: false,
  } as const;
  if (network === 'vit') return { ...shared, network, feature: {} };
  const unet: Pick<DiffusionPreset, 't' | 'upFtIndex' | 'ensembleSize' | 'prompt'> = {
    t: CLEANDIFT_T,
    upFtIndex: 0,
    ensembleSize: 1,
    prompt: '',
  };
  return { ...shared, network, ...unet };
}

function missing(name: string, setting: SettingName): SamepointError {
  const option = SETTING_OPTIONS[setting];
  return new SamepointError(
    'BAD_REQUEST',
    `${option} is required: no preset defines it for ${name}.`,
    `Add ${option}, or --backend ID to use the presets of a backend.`,
  );
}
