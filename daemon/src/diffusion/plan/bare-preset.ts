import { SamepointError } from '@samepoint/shared-protocol';
import type { DiffusionPreset, Preset } from '../presets.js';
import { type FeatureSettings, SETTING_OPTIONS, type SettingName } from './feature-settings.js';

/** The families of networks that a checkpoint without a backend may hold. */
export const NETWORK_KINDS = ['sd-unet', 'cleandift', 'adm', 'vit'] as const;
export type NetworkKind = (typeof NETWORK_KINDS)[number];

/** What has to be given for a network that no preset describes. A ViT's default layer is its last. */
const NEEDED: Readonly<Record<NetworkKind, readonly SettingName[]>> = {
  'sd-unet': ['t', 'upFtIndex', 'size'],
  cleandift: ['upFtIndex', 'size'],
  adm: ['t', 'upFtIndex', 'size'],
  vit: ['size'],
};

/** What sides are made multiples of when an image is seen smaller, where the side asked for is one. */
const MULTIPLE = 64;

/** Where CleanDIFT's learned time starts from; one that a checkpoint has goes before it. */
const CLEANDIFT_T = 261;

/**
 * What stands for a preset where a checkpoint comes without a backend; to be completed by the settings.
 * @param name what sentences call the network
 * @throws SamepointError `BAD_REQUEST` where a setting is needed and not given
 */
export function barePreset(name: string, network: NetworkKind, settings: FeatureSettings): Preset {
  for (const setting of NEEDED[network]) if (settings[setting] === undefined) throw needed(name, setting);
  const shared = {
    backend: name,
    name: 'default',
    size: { fit: 'squash', width: MULTIPLE, height: MULTIPLE, multiple: MULTIPLE },
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

function needed(name: string, setting: SettingName): SamepointError {
  const option = SETTING_OPTIONS[setting];
  return new SamepointError(
    'BAD_REQUEST',
    `No preset sets ${option} for ${name}.`,
    `Add ${option}, or name the --backend whose presets it takes.`,
  );
}
