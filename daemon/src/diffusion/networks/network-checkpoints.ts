import { readConfig } from '../../graph/config.js';
import { ADM_256_UNCONDITIONAL, type AdmUnetConfig, admUnetConfigSchema } from '../../graph/networks/adm-unet.js';
import { type UiUnetConfig, uiUnetConfigSchema } from '../../graph/networks/ui-unet.js';
import { type VitCheckpoint, vitCheckpoint } from '../../graph/networks/vit-config.js';
import type { Checkpoint } from '../../graph/weights/checkpoint.js';
import { requireFamily } from '../../graph/weights/network-kind.js';
import { openWeights } from '../../graph/weights/weights.js';
import { SINGLE_FILE } from '../../models/files/single-file.js';
import type { Preset } from '../presets.js';
import { type ModelFiles, requireFile } from './model-files.js';

const CONFIG = 'config.json';
const SD_UNET = 'unet/diffusion_pytorch_model.safetensors';
const VIT_WEIGHTS = 'model.safetensors';
const OPEN_CLIP = { weights: 'open_clip_model.safetensors', config: 'open_clip_config.json' };

/**
 * Checks by tensor names that a checkpoint holds a network of this kind.
 * @throws SamepointError `MODEL_INVALID`, `MODEL_MISSING`
 */
export function checkCheckpoint(network: Preset['network'], files: ModelFiles): void {
  if (network === 'vit') openVit(files);
  else if (network === 'adm') openAdm(files);
  else if (network !== 'ui-unet') {
    // missing parts may come from the backend's model
    requireFamily(openWeights(requireFile(files, SINGLE_FILE, SD_UNET)), 'sd');
  }
}

/**
 * Opens a network of guided-diffusion; without a `config.json`, the official 256×256 one.
 * @throws SamepointError `MODEL_INVALID`
 */
export function openAdm(files: ModelFiles): { checkpoint: Checkpoint; config: AdmUnetConfig } {
  const checkpoint = openWeights(requireFile(files, SINGLE_FILE, 'model.pt'));
  requireFamily(checkpoint, 'adm');
  const path = files.get(CONFIG);
  return { checkpoint, config: path === undefined ? ADM_256_UNCONDITIONAL : readConfig(path, admUnetConfigSchema) };
}

/**
 * Opens a vision transformer of transformers, open_clip or facebookresearch.
 * @throws SamepointError `MODEL_INVALID`
 */
export function openVit(files: ModelFiles): VitCheckpoint {
  const opened = openWeights(requireFile(files, VIT_WEIGHTS, OPEN_CLIP.weights));
  requireFamily(opened, 'vit');
  // LAION's folders have both configurations
  const configs = files.has(VIT_WEIGHTS) ? [CONFIG, OPEN_CLIP.config] : [OPEN_CLIP.config, CONFIG];
  return vitCheckpoint(
    opened,
    configs.map((name) => files.get(name)).find((path) => path !== undefined),
  );
}

/** Configuration of the embedded network. @throws SamepointError `MODEL_INVALID` */
export function readUiConfig(files: ModelFiles): UiUnetConfig {
  return readConfig(requireFile(files, CONFIG), uiUnetConfigSchema);
}
