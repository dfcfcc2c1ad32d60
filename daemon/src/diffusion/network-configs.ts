import type { Checkpoint } from '../graph/checkpoint.js';
import { readConfig } from '../graph/compile.js';
import { ADM_256_UNCONDITIONAL, type AdmUnetConfig, admUnetConfigSchema } from '../graph/networks/adm-unet.js';
import { type UiUnetConfig, uiUnetConfigSchema } from '../graph/networks/ui-unet.js';
import type { VitConfig } from '../graph/networks/vit.js';
import { facebookVitConfig, vitConfigSchema } from '../graph/networks/vit-config.js';
import { readSafetensorsHeader } from '../graph/safetensors.js';
import { type ModelFiles, requireFile } from './model-files.js';

/** Without a `config.json`, ADM is the official 256×256 one. @throws SamepointError `MODEL_INVALID` */
export function readAdmConfig(files: ModelFiles): AdmUnetConfig {
  const path = files.get('config.json');
  return path === undefined ? ADM_256_UNCONDITIONAL : readConfig(path, admUnetConfigSchema);
}

/** A vision transformer's tensors and configuration. @throws SamepointError `MODEL_INVALID` */
export function openVit(files: ModelFiles): { checkpoint: Checkpoint; config: VitConfig } {
  const checkpoint = readSafetensorsHeader(requireFile(files, 'model.safetensors', 'open_clip_model.safetensors'));
  const path = files.get('config.json') ?? files.get('open_clip_config.json');
  return { checkpoint, config: path === undefined ? facebookVitConfig(checkpoint) : readConfig(path, vitConfigSchema) };
}

/** Of the embedded network. @throws SamepointError `MODEL_INVALID` */
export function readUiConfig(files: ModelFiles): UiUnetConfig {
  return readConfig(requireFile(files, 'config.json'), uiUnetConfigSchema);
}
