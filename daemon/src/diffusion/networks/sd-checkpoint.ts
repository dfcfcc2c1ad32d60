import { dirname, join } from 'node:path';
import { SamepointError } from '@samepoint/shared-protocol';
import * as z from 'zod';
import { readConfig } from '../../graph/config.js';
import { clipTextConfigSchema } from '../../graph/networks/clip-text.js';
import { clipTextConfigOf, sdUnetConfigOf, sdVaeConfigOf } from '../../graph/networks/sd-configs.js';
import { type SdUnetConfig, sdUnetConfigSchema } from '../../graph/networks/sd-unet.js';
import { type SdVaeConfig, sdVaeConfigSchema } from '../../graph/networks/sd-vae-encoder.js';
import { type TaesdConfig, taesdConfigSchema } from '../../graph/networks/taesd.js';
import type { Checkpoint } from '../../graph/weights/checkpoint.js';
import { requireFamily } from '../../graph/weights/network-kind.js';
import { readValues } from '../../graph/weights/read-values.js';
import { type LdmText, sdPartsOf } from '../../graph/weights/sd-single-file.js';
import { openWeights } from '../../graph/weights/weights.js';
import { SINGLE_FILE } from '../../models/files/single-file.js';
import { readJsonSync } from '../../read-text.js';
import { tokenizerFiles } from '../prompt/clip-tokenizer-files.js';
import type { TextEncoder } from '../prompt/text-encoder.js';
import { type ModelFiles, requireFile } from './model-files.js';

interface SdUnetPart {
  checkpoint: Checkpoint;
  config: SdUnetConfig;
  /** CleanDIFT's learned timestep if the checkpoint has one. */
  learnedT?: number;
}

export type SdEncoderPart =
  | { kind: 'kl'; checkpoint: Checkpoint; config: SdVaeConfig }
  | { kind: 'tiny'; checkpoint: Checkpoint; config: TaesdConfig };

/** The parts of Stable Diffusion that DIFT needs. */
export interface SdCheckpoint {
  unet: SdUnetPart;
  encoder: SdEncoderPart;
  text?: TextEncoder;
}

const WEIGHTS = 'diffusion_pytorch_model.safetensors';
const TEXT_WEIGHTS = 'text_encoder/model.safetensors';

/** Class name in `vae/config.json` when TAESD replaces the VAE. */
const TINY = 'AutoencoderTiny';
const encoderSchema = z.object({ _class_name: z.string().optional() });

/** Tensor of the learned timestep in CleanDIFT's full checkpoint. */
const LEARNED_T = 'timestep';

/**
 * Opens Stable Diffusion: a folder in the layout of diffusers, or a single file (the original layout, a U-Net alone, or
 * CleanDIFT's full checkpoint). Parts that the file lacks come from the folder.
 * @throws SamepointError `MODEL_MISSING`, `MODEL_INVALID`
 */
export function openSdCheckpoint(files: ModelFiles): SdCheckpoint {
  const path = files.get(SINGLE_FILE);
  if (path === undefined) return { unet: folderUnet(files), encoder: folderEncoder(files), ...folderText(files) };
  const file = openWeights(path);
  requireFamily(file, 'sd');
  const { unet, vae, text } = sdPartsOf(file);
  const learned = file.tensors.has(LEARNED_T) ? { learnedT: readScalar(file, LEARNED_T) } : {};
  return {
    unet: { checkpoint: unet, config: configBeside(path) ?? sdUnetConfigOf(unet), ...learned },
    encoder: vae === undefined ? folderEncoder(files) : { kind: 'kl', checkpoint: vae, config: sdVaeConfigOf(vae) },
    ...(text === undefined ? folderText(files) : { text: singleFileText(path, text, files) }),
  };
}

function folderUnet(files: ModelFiles): SdUnetPart {
  const checkpoint = openWeights(requireFile(files, `unet/${WEIGHTS}`));
  requireFamily(checkpoint, 'sd');
  return { checkpoint, config: readConfig(requireFile(files, 'unet/config.json'), sdUnetConfigSchema) };
}

function folderEncoder(files: ModelFiles): SdEncoderPart {
  const configPath = requireFile(files, 'vae/config.json');
  const checkpoint = openWeights(requireFile(files, `vae/${WEIGHTS}`));
  return readConfig(configPath, encoderSchema)._class_name === TINY
    ? { kind: 'tiny', checkpoint, config: readConfig(configPath, taesdConfigSchema) }
    : { kind: 'kl', checkpoint, config: readConfig(configPath, sdVaeConfigSchema) };
}

function folderText(files: ModelFiles): { text?: TextEncoder } {
  const weights = files.get(TEXT_WEIGHTS);
  if (weights === undefined) return {};
  const checkpoint = openWeights(weights);
  const config = readConfig(requireFile(files, 'text_encoder/config.json'), clipTextConfigSchema);
  return { text: { weights, checkpoint, config, ...tokenizerOf(files) } };
}

function singleFileText(weights: string, { checkpoint, activation }: LdmText, files: ModelFiles): TextEncoder {
  return { weights, checkpoint, config: clipTextConfigOf(checkpoint, activation), ...tokenizerOf(files) };
}

function tokenizerOf(files: ModelFiles): Pick<TextEncoder, 'tokenizer'> {
  const tokenizer = tokenizerFiles(files);
  return tokenizer === undefined ? {} : { tokenizer };
}

/** `config.json` beside the U-Net, as diffusers writes it. */
function configBeside(path: string): SdUnetConfig | undefined {
  try {
    return sdUnetConfigSchema.parse(readJsonSync(join(dirname(path), 'config.json'), (reason) => new Error(reason)));
  } catch {
    return undefined;
  }
}

/** Value of a tensor with a single element. */
function readScalar(checkpoint: Checkpoint, name: string): number {
  const values = readValues(checkpoint, name);
  if (values?.length !== 1 || values[0] === undefined) {
    const message = `The tensor "${name}" of ${checkpoint.path} is not a single number.`;
    throw new SamepointError('MODEL_INVALID', message, 'Get the checkpoint again.');
  }
  return values[0];
}
