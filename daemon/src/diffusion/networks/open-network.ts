import type { NdArray } from '../../graph/runtime/run.js';
import { locations } from '../../models/locations.js';
import type { DiffusionNetwork } from '../dift.js';
import { latentModeOf, type PlanPart } from '../plan/feature-plan.js';
import type { DiffusionPreset, LatentMode, UiPreset, VitPreset } from '../presets.js';
import { AdmNetwork } from './adm-network.js';
import type { ModelFiles } from './model-files.js';
import type { NetworkPool } from './network-pool.js';
import { SdNetwork } from './sd-network.js';
import { UiNetwork } from './ui-network.js';
import { VitNetwork } from './vit-network.js';

/** A network, and the block it is cut after. */
export type NetworkCut =
  | Pick<DiffusionPreset, 'network' | 't' | 'upFtIndex'>
  | Pick<VitPreset, 'network' | 'feature'>
  | Pick<UiPreset, 'network'>;

/** What a network is conditioned on. */
export interface NetworkCondition {
  prompt: string;
  textStates?: NdArray;
  latentMode: LatentMode;
  /** Use CleanDIFT's learned timestep instead of `t`. */
  preferLearnedT: boolean;
  /** Cache folder for the text states of the empty prompt. */
  promptFolder: string;
}

/**
 * Opens the network of one part of a plan. `pool` loads it on its first run.
 * @param textStates (1, tokens, channels) to use instead of the prompt
 * @throws SamepointError `MODEL_MISSING`, `MODEL_INVALID`
 */
export function openPart(part: PlanPart, pool: NetworkPool, textStates?: NdArray): DiffusionNetwork {
  const { preset, files, prompt } = part;
  const condition = {
    prompt,
    latentMode: latentModeOf(preset),
    preferLearnedT: !('ignoreLearnedT' in preset),
    promptFolder: locations(process.env).promptFolder,
    ...(textStates === undefined ? {} : { textStates }),
  } as const;
  return openNetwork(preset, files, condition, pool, part.sharedBlocks);
}

/**
 * Opens a checkpoint as the network of a preset. `pool` loads it on its first run.
 * @param blocks to return features of; default: the block of the cut
 * @throws SamepointError `MODEL_MISSING`, `MODEL_INVALID`
 */
export function openNetwork(
  cut: NetworkCut,
  files: ModelFiles,
  condition: NetworkCondition,
  pool: NetworkPool,
  blocks?: readonly number[],
): DiffusionNetwork {
  switch (cut.network) {
    case 'vit':
      return new VitNetwork(files, cut.feature, pool, blocks);
    case 'ui-unet':
      return new UiNetwork(files, pool);
  }
  const { t, upFtIndex } = cut;
  const settings = { t, blocks: blocks ?? [upFtIndex] };
  switch (cut.network) {
    case 'sd-unet':
      return new SdNetwork(files, { ...settings, ...condition, preferLearnedT: false, noisy: true }, pool);
    case 'cleandift':
      return new SdNetwork(files, { ...settings, ...condition, noisy: false }, pool);
    case 'adm':
      return new AdmNetwork(files, settings, pool);
  }
}
