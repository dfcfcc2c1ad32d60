import { existsSync } from 'node:fs';
import { SamepointError } from '@samepoint/shared-protocol';
import type { CatalogueFile, CatalogueModel } from '../catalogue.js';
import type { ModelEnvironment } from '../model-environment.js';
import { type ModelStore, pinKey, readStore, updateStore } from '../model-store.js';
import { findFile, findModelFiles, modelOf } from '../resolve-model.js';
import { checkModelFile } from './check-files.js';
import { sha256OfWeights } from './hash-file.js';
import { samepointCachePath } from './samepoint-cache.js';
import { checkSingleFile, SINGLE_FILE, singleFilePath } from './single-file.js';

/** `pinned`: no hash of this file is published, so later runs compare with its current hash. */
export type VerifiedFile =
  | { name: string; status: 'verified' | 'pinned'; path: string; sha256: string }
  /** `reason`: the failed check and, if known, what to do. */
  | { name: string; status: 'damaged'; path: string; reason: string }
  | { name: string; status: 'missing' };

/**
 * Reads every local file of a model and compares its hash with the catalogue or with its pin.
 * @throws SamepointError `BACKEND_UNKNOWN`
 */
export async function verifyModel(
  id: string,
  environment: ModelEnvironment,
  signal?: AbortSignal,
): Promise<VerifiedFile[]> {
  const model = modelOf(id, environment);
  const store = readStore(environment.at.stateFile);
  const missing = new Set(findModelFiles(model, {}, environment).missing);
  const report: VerifiedFile[] = [];
  const single = singleFilePath(model, store);
  if (single !== undefined) report.push(await verifySingleFile(single, model, environment, signal));
  for (const file of model.files) {
    const path = findFile(model, file, store, environment);
    if (path !== undefined) {
      report.push(await verifyFile(file, path, model, store, environment, signal));
    } else if (missing.has(file)) {
      report.push({ name: file.name, status: 'missing' });
    }
  }
  return report;
}

async function verifyFile(
  file: CatalogueFile,
  path: string,
  model: CatalogueModel,
  store: ModelStore,
  environment: ModelEnvironment,
  signal: AbortSignal | undefined,
): Promise<VerifiedFile> {
  const registered = store.added[model.id] ?? {};
  try {
    checkModelFile(path, file, model, registered, environment.catalogue);
  } catch (thrown) {
    return damagedAt(path, file.name, thrown);
  }
  const isSubset =
    file.source.kind === 'hub' && path === samepointCachePath(environment.at.samepointCache, file.source);
  const isAdded = registered[file.name] === path;
  const key = isAdded ? `added:${path}` : pinKey(file, isSubset);
  const pin = store.pins[key];
  const expected = isSubset || isAdded ? pin?.sha256 : (file.sha256 ?? pin?.sha256);
  return compareHash({ name: file.name, path, key, expected }, environment, signal);
}

async function verifySingleFile(
  path: string,
  model: CatalogueModel,
  environment: ModelEnvironment,
  signal: AbortSignal | undefined,
): Promise<VerifiedFile> {
  const name = SINGLE_FILE;
  if (!existsSync(path)) return { name, status: 'missing' };
  try {
    checkSingleFile(path, model, environment.catalogue);
  } catch (thrown) {
    return damagedAt(path, name, thrown);
  }
  const key = `added:${path}`;
  const expected = readStore(environment.at.stateFile).pins[key]?.sha256;
  return compareHash({ name, path, key, expected }, environment, signal);
}

function damagedAt(path: string, name: string, thrown: unknown): VerifiedFile {
  const { message, hint } = SamepointError.from(thrown);
  return { name, status: 'damaged', path, reason: `${message} ${hint}` };
}

/** Compares a file's hash with the expected one; pins it if there is none. */
async function compareHash(
  { name, path, key, expected }: { name: string; path: string; key: string; expected: string | undefined },
  environment: ModelEnvironment,
  signal: AbortSignal | undefined,
): Promise<VerifiedFile> {
  const sha256 = await sha256OfWeights(path, signal);
  if (expected === sha256) return { name, status: 'verified', path, sha256 };
  if (expected !== undefined)
    return { name, status: 'damaged', path, reason: 'its SHA-256 differs from the expected one.' };
  updateStore(environment.at.stateFile, ({ pins }) => {
    pins[key] = { etag: '', size: 0, ...pins[key], sha256 };
  });
  return { name, status: 'pinned', path, sha256 };
}
