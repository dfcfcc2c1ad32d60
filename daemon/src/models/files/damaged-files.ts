import { existsSync } from 'node:fs';
import { SamepointError } from '@samepoint/shared-protocol';
import type { CatalogueFile, CatalogueModel } from '../catalogue.js';
import type { ModelEnvironment } from '../model-environment.js';
import { readStore } from '../model-store.js';
import { findFile } from '../resolve-model.js';
import { checkModelFile } from './check-model-file.js';
import { checkSingleFile, SINGLE_FILE, singleFilePath } from './single-file.js';

export interface DamagedFile {
  name: string;
  /** Absent for a single file that was registered. */
  file?: CatalogueFile;
  path: string;
  /** Did the user register it? Then getting it anew is getting another one. */
  isRegistered: boolean;
  /** What is wrong with it. */
  error: SamepointError;
}

/** The files of a model that are on this disk and cannot be used, as far as their headers tell. */
export function damagedFiles(model: CatalogueModel, environment: ModelEnvironment): DamagedFile[] {
  const store = readStore(environment.at.stateFile);
  const registered = store.added[model.id] ?? {};
  const damaged: DamagedFile[] = [];
  const check = (file: Omit<DamagedFile, 'error'>, checks: () => void) => {
    try {
      checks();
    } catch (thrown) {
      damaged.push({ ...file, error: SamepointError.from(thrown) });
    }
  };
  const single = singleFilePath(model, store);
  if (single !== undefined && existsSync(single)) {
    const file = { name: SINGLE_FILE, path: single, isRegistered: true };
    check(file, () => checkSingleFile(single, model, environment.catalogue));
  }
  for (const file of model.files) {
    const path = findFile(model, file, store, environment);
    if (path === undefined) continue;
    const isRegistered = registered[file.name] === path;
    check({ name: file.name, file, path, isRegistered }, () =>
      checkModelFile(path, file, model, registered, environment.catalogue),
    );
  }
  return damaged;
}
