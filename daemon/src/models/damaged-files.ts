import { existsSync } from 'node:fs';
import { SamepointError } from '@samepoint/shared-protocol';
import type { CatalogueFile, CatalogueModel } from './catalogue.js';
import { checkWeights } from './check-weights.js';
import type { ModelEnvironment } from './model-environment.js';
import { readStore } from './model-store.js';
import { findFile } from './resolve-model.js';
import { checkSingleFile, SINGLE_FILE, singleFilePath } from './single-file.js';

export interface DamagedFile {
  name: string;
  /** Absent for a single file that was registered. */
  file?: CatalogueFile;
  /** What is wrong with it. */
  error: SamepointError;
}

/** The files of a model that are on this disk and cannot be used, as far as their headers tell. */
export async function damagedFiles(model: CatalogueModel, environment: ModelEnvironment): Promise<DamagedFile[]> {
  const store = readStore(environment.at.stateFile);
  const damaged: DamagedFile[] = [];
  const single = singleFilePath(model, store);
  if (single !== undefined && existsSync(single)) {
    try {
      checkSingleFile(single, model, environment.catalogue);
    } catch (thrown) {
      damaged.push({ name: SINGLE_FILE, error: SamepointError.from(thrown) });
    }
  }
  for (const file of model.files) {
    const path = findFile(model, file, store, environment);
    if (path === undefined) continue;
    await checkWeights(path, file).catch((thrown: unknown) =>
      damaged.push({ name: file.name, file, error: SamepointError.from(thrown) }),
    );
  }
  return damaged;
}
