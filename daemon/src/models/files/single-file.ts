import { SamepointError } from '@samepoint/shared-protocol';
import { sdUnetConfigOf } from '../../graph/networks/sd-configs.js';
import { facebookView } from '../../graph/networks/vit-config.js';
import type { Checkpoint } from '../../graph/weights/checkpoint.js';
import { requireFamily } from '../../graph/weights/network-kind.js';
import { hasSdParts, sdPartsOf } from '../../graph/weights/sd-single-file.js';
import { openWeights } from '../../graph/weights/weights.js';
import type { CatalogueModel } from '../catalogue.js';
import type { ModelStore } from '../model-store.js';

/** What a checkpoint in one file, whatever its format, is called among the files of a model. */
export const SINGLE_FILE = 'model.safetensors';

/** Whether the file is a Stable Diffusion with several parts, and the model one that it may stand in for. */
export function isSingleFile({ files }: CatalogueModel, path: string): boolean {
  const isSd = files.some(({ name }) => name === 'unet/config.json');
  return isSd && hasSdParts(openWeights(path));
}

/** A Stable Diffusion in one file that was registered for a model. */
export interface SingleFile {
  path: string;
  /** Folders of the official layout that it stands in for. */
  folders: ReadonlySet<string>;
}

/** Where the single file is that was registered for a model, whatever became of it since. */
export function singleFilePath({ id, files }: CatalogueModel, { added }: ModelStore): string | undefined {
  return files.some(({ name }) => name === SINGLE_FILE) ? undefined : added[id]?.[SINGLE_FILE];
}

/**
 * Checks that a file holds a U-Net of the model's family, as far as its header tells.
 * @throws SamepointError `MODEL_INVALID`
 */
export function checkSingleFile(path: string, model: CatalogueModel, catalogue: readonly CatalogueModel[]): void {
  const file = openWeights(path);
  requireFamily(file, 'sd');
  checkTextChannels(sdPartsOf(file).unet, model, catalogue);
}

/**
 * Checks that a U-Net attends to text of the width that the model has.
 * @throws SamepointError `MODEL_INVALID` also where it is no U-Net of Stable Diffusion
 */
export function checkTextChannels(unet: Checkpoint, model: CatalogueModel, catalogue: readonly CatalogueModel[]): void {
  checkTextWidth(unet.path, sdUnetConfigOf(unet).cross_attention_dim, model, catalogue);
}

/**
 * Checks that text states are of the width that the model has.
 * @param path file or folder of the U-Net, for the message
 * @param found channels of the text states that the U-Net attends to
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
    `${path} does not hold ${title}: its U-Net takes text of ${found} channels, not of ${textChannels}.`,
    fitting.length === 0 ? 'Give a file of this model.' : `Register it as what it is: ${fitting.join(' or ')}.`,
  );
}

/** Undefined also for a file that is gone or damaged since, like other registered files that are gone. */
export function singleFileOf(model: CatalogueModel, store: ModelStore): SingleFile | undefined {
  const path = singleFilePath(model, store);
  if (path === undefined) return undefined;
  try {
    return { path, folders: foldersIn(path) };
  } catch {
    return undefined;
  }
}

/** Whether weights were registered that need no configuration: those of facebookresearch, whose tensors have all sizes. */
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
  // for the empty prompt the text encoder needs no tokenizer
  return new Set(['unet', ...(vae ? ['vae'] : []), ...(text ? ['text_encoder', 'tokenizer'] : [])]);
}
