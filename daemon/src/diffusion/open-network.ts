import { SamepointError } from '@samepoint/shared-protocol';
import type { NdArray } from '../graph/run.js';
import type { Runtime } from '../graph/runtime.js';
import { AdmNetwork } from './adm-network.js';
import type { DiffusionNetwork } from './dift.js';
import type { ModelFiles } from './model-files.js';
import { SdNetwork } from './sd-network.js';
import { VitNetwork } from './vit-network.js';

/** The families of networks whose features can be taken. */
export const NETWORK_KINDS = ['sd-unet', 'cleandift', 'adm', 'vit'] as const;
export type NetworkKind = (typeof NETWORK_KINDS)[number];

/** What of a network to take, and under which condition. */
export interface NetworkSettings {
  t: number;
  /** Index of the up block (Stable Diffusion), output block (ADM) or layer (ViT); a ViT's last by default. */
  block: number | undefined;
  prompt: string;
  textStates?: NdArray;
  latentMode: 'mean' | 'sample';
  seed: number;
  /** Where the states of the empty prompt are kept. */
  cacheFolder: string;
}

/** Opens a checkpoint as a network of the given kind, to be run on `runtime`. */
export function openNetwork(
  kind: NetworkKind,
  files: ModelFiles,
  settings: NetworkSettings,
  runtime: Runtime,
): DiffusionNetwork {
  const { block, ...rest } = settings;
  switch (kind) {
    case 'sd-unet':
    case 'cleandift':
      return new SdNetwork(files, { ...rest, upFtIndex: required(block), noisy: kind === 'sd-unet' }, runtime);
    case 'adm':
      return new AdmNetwork(files, { t: settings.t, outputBlock: required(block) }, runtime);
    case 'vit':
      return new VitNetwork(files, block, runtime);
  }
}

function required(block: number | undefined): number {
  if (block !== undefined) return block;
  throw new SamepointError('BAD_REQUEST', 'Which block to take is not said.', 'Add --up-ft-index K.');
}
