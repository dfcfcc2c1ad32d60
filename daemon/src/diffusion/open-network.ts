import type { NdArray } from '../graph/run.js';
import { AdmNetwork } from './adm-network.js';
import type { DiffusionNetwork } from './dift.js';
import type { ModelFiles } from './model-files.js';
import type { NetworkPool } from './network-pool.js';
import type { DiffusionPreset, LatentMode, UiPreset, VitPreset } from './presets.js';
import { SdNetwork } from './sd-network.js';
import { UiNetwork } from './ui-network.js';
import { VitNetwork } from './vit-network.js';

/** Which network, and where it is cut. */
export type NetworkCut =
  | Pick<DiffusionPreset, 'network' | 't' | 'upFtIndex'>
  | Pick<VitPreset, 'network' | 'feature'>
  | Pick<UiPreset, 'network'>;

/** Under which condition a network runs. */
export interface NetworkCondition {
  prompt: string;
  textStates?: NdArray;
  latentMode: LatentMode;
  /** CleanDIFT's learned time goes before `t`. */
  preferLearnedT: boolean;
  /** Where the states of the empty prompt are kept. */
  promptFolder: string;
}

/**
 * Opens a checkpoint as the network of a preset, to be loaded into `pool`.
 * @throws SamepointError `MODEL_MISSING`, `MODEL_INVALID`
 */
export function openNetwork(
  cut: NetworkCut,
  files: ModelFiles,
  condition: NetworkCondition,
  pool: NetworkPool,
): DiffusionNetwork {
  switch (cut.network) {
    case 'sd-unet':
      return new SdNetwork(files, { ...cut, ...condition, preferLearnedT: false, noisy: true }, pool);
    case 'cleandift':
      return new SdNetwork(files, { ...cut, ...condition, noisy: false }, pool);
    case 'adm':
      return new AdmNetwork(files, { t: cut.t, outputBlock: cut.upFtIndex }, pool);
    case 'vit':
      return new VitNetwork(files, cut.feature, pool);
    case 'ui-unet':
      return new UiNetwork(files, pool);
  }
}
