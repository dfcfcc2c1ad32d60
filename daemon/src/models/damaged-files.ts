import { SamepointError } from '@samepoint/shared-protocol';
import type { CatalogueFile, CatalogueModel } from './catalogue.js';
import { checkWeights } from './check-weights.js';
import type { ModelEnvironment } from './model-environment.js';
import { readStore } from './model-store.js';
import { findFile } from './resolve-model.js';

export interface DamagedFile {
  file: CatalogueFile;
  /** What is wrong with it. */
  error: SamepointError;
}

/** The files of a model that are on this disk and cannot be used, as far as their headers tell. */
export async function damagedFiles(model: CatalogueModel, environment: ModelEnvironment): Promise<DamagedFile[]> {
  const store = readStore(environment.at.stateFile);
  const damaged: DamagedFile[] = [];
  for (const file of model.files) {
    const path = findFile(model, file, store, environment);
    if (path === undefined) continue;
    await checkWeights(path, file).catch((thrown: unknown) =>
      damaged.push({ file, error: SamepointError.from(thrown) }),
    );
  }
  return damaged;
}
