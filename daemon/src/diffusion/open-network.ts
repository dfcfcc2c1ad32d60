import type { NdArray } from '../graph/run.js';
import { AdmNetwork, openAdmCheckpoint } from './adm-network.js';
import type { DiffusionNetwork } from './dift.js';
import type { ModelFiles } from './model-files.js';
import type { NetworkPool } from './network-pool.js';
import type { DiffusionPreset, UiPreset, VitPreset } from './presets.js';
import { openSdCheckpoint } from './sd-checkpoint.js';
import { SdNetwork } from './sd-network.js';
import { UiNetwork } from './ui-network.js';
import { openVitCheckpoint, VitNetwork } from './vit-network.js';

/** Which network, and where it is cut. */
export type NetworkCut =
  | Pick<DiffusionPreset, 'network' | 't' | 'upFtIndex'>
  | Pick<VitPreset, 'network' | 'feature'>
  | Pick<UiPreset, 'network'>;

/** Under which condition a network runs. */
export interface NetworkCondition {
  prompt: string;
  textStates?: NdArray;
  latentMode: 'mean' | 'sample';
  seed: number;
  /** CleanDIFT's learned time goes before `t`. */
  preferLearnedT: boolean;
  /** Where the states of the empty prompt are kept. */
  promptFolder: string;
}

/**
 * Checks that a checkpoint holds a network of this kind, as far as the names of its tensors tell.
 * @throws SamepointError `MODEL_INVALID`
 */
export function checkCheckpoint(network: NetworkCut['network'], files: ModelFiles): void {
  if (network === 'vit') openVitCheckpoint(files);
  else if (network === 'adm') openAdmCheckpoint(files);
  else if (network !== 'ui-unet') openSdCheckpoint(files);
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
