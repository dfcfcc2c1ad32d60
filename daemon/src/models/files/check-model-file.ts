import { existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as z from 'zod';
import { openWeights } from '../../graph/weights/weights.js';
import type { CatalogueFile, CatalogueModel } from '../catalogue.js';
import { checkWeights } from './check-weights.js';
import { checkTextChannels, checkTextWidth } from './single-file.js';

const UNET_CONFIG = 'unet/config.json';
const widthSchema = z.object({ cross_attention_dim: z.number() });

/**
 * As `checkWeights`, and of what was registered for a Stable Diffusion, that it is of the model's family: no file of a folder
 * is the model's whose U-Net belongs to another one.
 * @param registered what the user registered for the model, or is about to: name of the file → path
 * @throws SamepointError `MODEL_INVALID`
 */
export function checkModelFile(
  path: string,
  file: CatalogueFile,
  model: CatalogueModel,
  registered: Readonly<Record<string, string>>,
  catalogue: readonly CatalogueModel[],
): void {
  checkWeights(path, file);
  if (model.textChannels === undefined || registered[file.name] !== path) return;
  const config = registered[UNET_CONFIG];
  if (config !== undefined && existsSync(config)) {
    if (checkpointFolder(config) === checkpointFolder(path)) checkFolder(config, model, catalogue);
  } else if (isUnet(file)) {
    // it is going to be run with the model's configuration
    checkTextChannels(openWeights(path), model, catalogue);
  }
}

/** With a configuration of its own a U-Net may take text of any width, except that of another family. */
function checkFolder(config: string, model: CatalogueModel, catalogue: readonly CatalogueModel[]): void {
  const found = textWidthIn(config);
  if (found === undefined || catalogue.every(({ textChannels }) => textChannels !== found)) return;
  checkTextWidth(checkpointFolder(config), found, model, catalogue);
}

/** Undefined where the file is damaged, which is reported of that file alone. */
function textWidthIn(config: string): number | undefined {
  try {
    return widthSchema.parse(JSON.parse(readFileSync(config, 'utf8'))).cross_attention_dim;
  } catch {
    return undefined;
  }
}

/** The folder of a checkpoint in the official layout (`unet/config.json`) that a file is of. */
function checkpointFolder(path: string): string {
  return dirname(dirname(path));
}

function isUnet({ name, proof }: CatalogueFile): boolean {
  return name.startsWith('unet/') && proof !== undefined;
}
