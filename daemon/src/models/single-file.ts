import { realpathSync } from 'node:fs';
import { readSafetensorsHeader } from '../graph/safetensors.js';
import { hasSdParts, sdPartsOf } from '../graph/sd-single-file.js';
import type { CatalogueModel } from './catalogue.js';
import type { ModelStore } from './model-store.js';

/** What a checkpoint in one safetensors file is called among the files of a model. */
export const SINGLE_FILE = 'model.safetensors';

/** Whether the file is a Stable Diffusion with several parts, and the model one that it may stand in for. */
export function isSingleFile({ files }: CatalogueModel, path: string): boolean {
  const isSd = files.some(({ name }) => name === 'unet/config.json');
  return isSd && path.endsWith('.safetensors') && hasSdParts(readSafetensorsHeader(path));
}

/** A Stable Diffusion in one file that was registered for a model. */
export interface SingleFile {
  path: string;
  /** Folders of the official layout that it stands in for. */
  folders: ReadonlySet<string>;
}

/** Undefined also for a file that is gone or damaged since, like other registered files that are gone. */
export function singleFileOf({ id, files }: CatalogueModel, { added }: ModelStore): SingleFile | undefined {
  const path = added[id]?.[SINGLE_FILE];
  if (path === undefined || files.some(({ name }) => name === SINGLE_FILE)) return undefined;
  try {
    return { path: realpathSync(path), folders: foldersIn(path) };
  } catch {
    return undefined;
  }
}

function foldersIn(path: string): ReadonlySet<string> {
  const { vae, text } = sdPartsOf(readSafetensorsHeader(path));
  // for the empty prompt the text encoder needs no tokenizer
  return new Set(['unet', ...(vae ? ['vae'] : []), ...(text ? ['text_encoder', 'tokenizer'] : [])]);
}
