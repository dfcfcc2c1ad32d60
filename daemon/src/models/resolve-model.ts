import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { SamepointError } from '@samepoint/shared-protocol';
import type { CatalogueFile, CatalogueModel } from './catalogue.js';
import { EMBEDDED_MODEL_FOLDER } from './catalogue.js';
import { findInHubCache } from './files/hub-cache.js';
import { findInSamepointCache } from './files/samepoint-cache.js';
import { needsNoConfig, SINGLE_FILE, singleFileOf } from './files/single-file.js';
import { type ModelEnvironment, modelEnvironment } from './model-environment.js';
import { type ModelStore, readStore } from './model-store.js';

/** The model shipped with the package, which needs no download. */
export const EMBEDDED_MODEL = {
  id: 'ui',
  title: 'Embedded model for mockups',
  licence: 'MIT',
  goodFor: 'interface mockups, on any machine',
} as const;

/** The configuration of a model with one network. */
const CONFIG = 'config.json';

export interface ResolveOptions {
  /** Require complete official files, not only the tensors that the published settings need. */
  whole?: boolean;
}

/**
 * `files`: name in the catalogue (`unet/config.json`) → absolute path. Symbolic links are not resolved, since in a Hugging
 * Face cache they lead to files named by hash.
 */
export type ResolvedModel =
  | { ok: true; id: string; files: ReadonlyMap<string, string> }
  | { ok: false; error: SamepointError };

export type ModelState = 'embedded' | 'ready' | 'partial' | 'missing';

/**
 * Finds the local files of a model: registered by the user, in the Hugging Face cache, or in Samepoint's own cache.
 * @throws SamepointError `BACKEND_UNKNOWN` for an id that is not in the catalogue
 */
export function resolveModel(
  id: string,
  options: ResolveOptions = {},
  environment: ModelEnvironment = modelEnvironment(),
): ResolvedModel {
  if (id === EMBEDDED_MODEL.id) return { ok: true, id, files: embeddedFiles() };
  const model = modelOf(id, environment);
  const { files, missing } = findModelFiles(model, options, environment);
  if (missing.length === 0) return { ok: true, id, files };
  const names = missing.map(({ name }) => name);
  return { ok: false, error: missingError(model, names, options) };
}

/** The local files of a model, its missing files (in no registered file either), and its absent optional files. */
export function findModelFiles(
  model: CatalogueModel,
  options: ResolveOptions,
  environment: ModelEnvironment,
): { files: Map<string, string>; missing: CatalogueFile[]; optional: CatalogueFile[] } {
  const store = readStore(environment.at.stateFile);
  const single = singleFileOf(model, store);
  const files = new Map<string, string>(single === undefined ? [] : [[SINGLE_FILE, single.path]]);
  for (const file of model.files) {
    const path = findFile(model, file, store, environment, options.whole);
    if (path !== undefined) files.set(file.name, resolve(path));
  }
  // a partial tokenizer would give wrong tokens
  const inSingle = new Set(single?.folders);
  if (files.has('tokenizer/vocab.json')) inSingle.delete('tokenizer');
  const isNeedless = ({ name, optional }: CatalogueFile) =>
    optional || inSingle.has(dirname(name)) || (name === CONFIG && needsNoConfig(model, store));
  const absent = model.files.filter(({ name }) => !files.has(name));
  const missing = absent.filter((file) => !isNeedless(file));
  return { files, missing, optional: absent.filter(({ optional }) => optional) };
}

/** The state shown by `samepoint models list`. */
export function modelState(model: CatalogueModel, environment: ModelEnvironment): ModelState {
  const { files, missing } = findModelFiles(model, {}, environment);
  if (missing.length === 0) return 'ready';
  return files.size > 0 ? 'partial' : 'missing';
}

/** @throws SamepointError `BACKEND_UNKNOWN` */
export function modelOf(id: string, { catalogue }: ModelEnvironment): CatalogueModel {
  const model = catalogue.find((entry) => entry.id === id);
  if (model !== undefined) return model;
  const known = catalogue.map((entry) => entry.id).join(', ');
  throw new SamepointError('BACKEND_UNKNOWN', `Unknown model "${id}".`, `Choose one of: ${known}.`);
}

/** Registered files take precedence over cached ones, and whole files over subsets. */
export function findFile(
  model: CatalogueModel,
  file: CatalogueFile,
  store: ModelStore,
  { at }: ModelEnvironment,
  whole = false,
): string | undefined {
  const added = store.added[model.id]?.[file.name];
  if (added !== undefined && existsSync(added)) return added;
  const shared = file.source.kind === 'hub' ? findInHubCache(at.hubCache, file.source, file) : undefined;
  if (shared !== undefined || (whole && file.tensors !== undefined)) return shared;
  return findInSamepointCache(at.samepointCache, file);
}

function embeddedFiles(): Map<string, string> {
  return new Map(
    readdirSync(EMBEDDED_MODEL_FOLDER)
      .filter((name) => statSync(join(EMBEDDED_MODEL_FOLDER, name)).isFile())
      .map((name) => [name, join(EMBEDDED_MODEL_FOLDER, name)]),
  );
}

function missingError(model: CatalogueModel, missing: readonly string[], options: ResolveOptions): SamepointError {
  const flags = options.whole === true ? ' --whole' : '';
  return new SamepointError(
    'MODEL_MISSING',
    `${model.title} is not installed (missing: ${missing.join(', ')}).`,
    `Run: samepoint models pull ${model.id}${flags}`,
  );
}
