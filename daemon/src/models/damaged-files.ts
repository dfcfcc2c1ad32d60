import { SamepointError } from '@samepoint/shared-protocol';
import type { CatalogueModel } from './catalogue.js';
import { checkWeights } from './check-weights.js';
import type { ModelEnvironment } from './model-environment.js';
import { readStore } from './model-store.js';
import { findFile } from './resolve-model.js';

/** Sentences about files of a model that are on this disk and cannot be used, as far as their headers tell. */
export async function damagedFiles(model: CatalogueModel, environment: ModelEnvironment): Promise<string[]> {
  const store = readStore(environment.at.stateFile);
  const sentences: string[] = [];
  for (const file of model.files) {
    const path = findFile(model, file, store, environment);
    if (path === undefined) continue;
    await checkWeights(path, file).catch((thrown: unknown) => sentences.push(SamepointError.from(thrown).message));
  }
  return sentences;
}
