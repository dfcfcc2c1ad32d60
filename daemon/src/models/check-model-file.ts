import { existsSync } from 'node:fs';
import { openWeights } from '../graph/weights.js';
import type { CatalogueFile, CatalogueModel } from './catalogue.js';
import { checkWeights } from './check-weights.js';
import { checkTextChannels } from './single-file.js';

const UNET_CONFIG = 'unet/config.json';

/**
 * As `checkWeights`, and of a U-Net that was registered without a configuration of its own, that it is of the model's family:
 * it is going to be run with the model's configuration.
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
  if (model.textChannels === undefined || !isUnet(file) || registered[file.name] !== path) return;
  if (!existsSync(registered[UNET_CONFIG] ?? '')) checkTextChannels(openWeights(path), model, catalogue);
}

function isUnet({ name, proof }: CatalogueFile): boolean {
  return name.startsWith('unet/') && proof !== undefined;
}
