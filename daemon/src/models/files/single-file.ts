import { SamepointError } from '@samepoint/shared-protocol';
import { sdUnetConfigOf } from '../../graph/networks/sd-configs.js';
import { facebookView } from '../../graph/networks/vit-config.js';
import type { Checkpoint } from '../../graph/weights/checkpoint.js';
import { requireFamily } from '../../graph/weights/network-kind.js';
import { hasSdParts, sdPartsOf } from '../../graph/weights/sd-single-file.js';
import { openWeights } from '../../graph/weights/weights.js';
import type { CatalogueModel } from '../catalogue.js';
import type { ModelStore } from '../model-store.js';

/** The name of a checkpoint in one file, of any format, among the files of a model. */
export const SINGLE_FILE = 'model.safetensors';

/** Whether the model is a Stable Diffusion and the file contains several of its parts. */
export function isSingleFile({ files }: CatalogueModel, path: string): boolean {
  const isSd = files.some(({ name }) => name === 'unet/config.json');
  return isSd && hasSdParts(openWeights(path));
}

/** A Stable Diffusion in one file, registered for a model. */
export interface SingleFile {
  path: string;
  /** Folders of the official layout that it replaces. */
  folders: ReadonlySet<string>;
}

/** The path of a model's registered single file, which may no longer exist. */
export function singleFilePath({ id, files }: CatalogueModel, { added }: ModelStore): string | undefined {
  return files.some(({ name }) => name === SINGLE_FILE) ? undefined : added[id]?.[SINGLE_FILE];
}

/**
 * Checks the header of a file for a U-Net of the model's family.
 * @throws SamepointError `MODEL_INVALID`
 */
export function checkSingleFile(path: string, model: CatalogueModel, catalogue: readonly CatalogueModel[]): void {
  const file = openWeights(path);
  requireFamily(file, 'sd');
  checkTextChannels(sdPartsOf(file).unet, model, catalogue);
}

/**
 * Checks that a U-Net's text width is the model's.
 * @throws SamepointError `MODEL_INVALID` also if it is not a U-Net of Stable Diffusion
 */
export function checkTextChannels(unet: Checkpoint, model: CatalogueModel, catalogue: readonly CatalogueModel[]): void {
  checkTextWidth(unet.path, sdUnetConfigOf(unet).cross_attention_dim, model, catalogue);
}

/**
 * Checks that a text width is the model's.
 * @param path file or folder of the U-Net, for the message
 * @param found channels of the text states in the U-Net's cross-attention
 * @throws SamepointError `MODEL_INVALID`
 */
export function checkTextWidth(
  path: string,
  found: number,
  { title, textChannels }: CatalogueModel,
  catalogue: readonly CatalogueModel[],
): void {
  if (textChannels === undefined || found === textChannels) return;
  const fitting = catalogue.filter((model) => model.textChannels === found).map(({ id }) => id);
  throw new SamepointError(
    'MODEL_INVALID',
    `${path} is not ${title}: its U-Net expects text of ${found} channels, not ${textChannels}.`,
    fitting.length === 0 ? 'Give a file of this model.' : `Register it as ${fitting.join(' or ')}.`,
  );
}

/** Undefined also for a missing or damaged file, as with other registered files. */
export function singleFileOf(model: CatalogueModel, store: ModelStore): SingleFile | undefined {
  const path = singleFilePath(model, store);
  if (path === undefined) return undefined;
  try {
    return { path, folders: foldersIn(path) };
  } catch {
    return undefined;
  }
}

/** Whether the registered weights need no configuration: facebookresearch's, whose tensors' shapes contain all sizes. */
export function needsNoConfig({ id, files }: CatalogueModel, { added }: ModelStore): boolean {
  const path = files.some(({ name }) => name === SINGLE_FILE) ? added[id]?.[SINGLE_FILE] : undefined;
  if (path === undefined) return false;
  try {
    return facebookView(openWeights(path)) !== undefined;
  } catch {
    return false;
  }
}

function foldersIn(path: string): ReadonlySet<string> {
  const { vae, text } = sdPartsOf(openWeights(path));
  // the empty prompt needs no tokenizer
  return new Set(['unet', ...(vae ? ['vae'] : []), ...(text ? ['text_encoder', 'tokenizer'] : [])]);
}
