import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { SamepointError } from '@samepoint/shared-protocol';
import type { CatalogueFile, CatalogueModel } from './catalogue.js';
import { checkModelFile, isConfigOf } from './files/check-files.js';
import { checkSingleFile, isSingleFile, SINGLE_FILE } from './files/single-file.js';
import { officialNames } from './files/weights-names.js';
import type { ModelEnvironment } from './model-environment.js';
import { updateStore } from './model-store.js';
import { modelOf, resolveModel } from './resolve-model.js';

/** The model that may replace a VAE. */
const TINY_ENCODER = 'taesd';

/**
 * Registers local files, with weights in any supported format: a folder in the official layout, a file with the weights
 * (and the configuration beside it), or a whole Stable Diffusion in one file. `taesd` instead of a path replaces the VAE
 * by that model. Nothing is copied.
 * @returns the names of the registered files
 * @throws SamepointError `BACKEND_UNKNOWN`, `BAD_REQUEST`, `MODEL_MISSING`, `MODEL_INVALID`; then nothing is registered
 */
export async function addModel(id: string, path: string, environment: ModelEnvironment): Promise<string[]> {
  const model = modelOf(id, environment);
  const at = resolve(path);
  const found =
    existsSync(at) || path !== TINY_ENCODER ? filesAt(model, at, environment) : encoderFor(model, environment);
  updateStore(environment.at.stateFile, ({ added }) => {
    added[id] = { ...added[id], ...found };
  });
  return Object.keys(found);
}

function filesAt(model: CatalogueModel, path: string, { catalogue }: ModelEnvironment): Record<string, string> {
  if (isFile(path) && isSingleFile(model, path)) {
    checkSingleFile(path, model, catalogue);
    return { [SINGLE_FILE]: path };
  }
  const found = partsAt(model, path);
  const registered = Object.fromEntries([...found].map(([{ name }, at]) => [name, at]));
  for (const [file, at] of found) checkModelFile(at, file, model, registered, catalogue);
  return registered;
}

function encoderFor(model: CatalogueModel, environment: ModelEnvironment): Record<string, string> {
  const resolved = resolveModel(TINY_ENCODER, {}, environment);
  if (!resolved.ok) throw resolved.error;
  const own = model.files.filter(({ name }) => name.startsWith('vae/')).map(({ name }) => name);
  const found = own.flatMap((name) => {
    const at = resolved.files.get(basename(name));
    return at === undefined ? [] : [[name, at] as const];
  });
  if (found.length > 0) return Object.fromEntries(found);
  throw new SamepointError('BAD_REQUEST', `${model.title} has no VAE to replace.`, 'Name a Stable Diffusion model.');
}

function partsAt(model: CatalogueModel, path: string): Map<CatalogueFile, string> {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) {
    throw new SamepointError('BAD_REQUEST', `No such file or folder: ${path}.`, 'Check the path.');
  }
  const found = stats.isDirectory() ? partsInFolder(model, path) : partsOfFile(model, path);
  if (![...found.keys()].some((file) => file.proof !== undefined)) throw nothingFound(model, path);
  return found;
}

/** A file of weights, with the configuration beside it if it matches. */
function partsOfFile(model: CatalogueModel, path: string): Map<CatalogueFile, string> {
  const found = new Map([[weightsOf(model, path), path]]);
  for (const file of model.files) {
    if (!file.name.endsWith('.json') || file.name.includes('/')) continue;
    const beside = candidates(file).map((name) => join(dirname(path), name));
    const config = beside.find((at) => isFile(at) && isConfigOf(at, path));
    if (config !== undefined) found.set(file, config);
  }
  return found;
}

function partsInFolder(model: CatalogueModel, folder: string): Map<CatalogueFile, string> {
  const found = new Map<CatalogueFile, string>();
  for (const file of model.files) {
    for (const name of candidates(file)) {
      const at = join(folder, name);
      const official = isFile(at) ? at : weightsIn(dirname(at), basename(at));
      if (official === undefined) continue;
      found.set(file, official);
      break;
    }
  }
  return found;
}

/** The file to use for weights of this name: another precision, another format, or the index of several files. */
function weightsIn(folder: string, name: string): string | undefined {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return undefined;
  const file = officialNames(readdirSync(folder)).get(name);
  return file !== undefined && isFile(join(folder, file)) ? join(folder, file) : undefined;
}

/** Names a file may have in a folder: ours, the official one, those of other layouts, and each without its folder. */
function candidates({ name, source, alsoNamed = [] }: CatalogueFile): string[] {
  const official = source.kind === 'hub' ? source.path : new URL(source.url).pathname.split('/').at(-1);
  const names = [...(official === undefined ? [] : [official]), name, ...alsoNamed];
  // for a folder with a single network; excludes configurations, which have the same name in every network
  const flat = name.endsWith('.json') && name.includes('/') ? [] : names.map((entry) => basename(entry));
  return [...new Set([...names, ...flat])];
}

/** Assigns a single file to weights of the model: by its official name, otherwise to the first, the network's own. */
function weightsOf(model: CatalogueModel, path: string): CatalogueFile {
  const weights = model.files.filter(({ proof }) => proof !== undefined);
  const file = weights.find(({ source }) => isNamed(source, path)) ?? weights[0];
  if (file === undefined) throw nothingFound(model, path);
  return file;
}

function isNamed(source: CatalogueFile['source'], path: string): boolean {
  return source.kind === 'hub' && path.replaceAll('\\', '/').endsWith(source.path);
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function nothingFound(model: CatalogueModel, path: string): SamepointError {
  const names = model.files.filter(({ proof }) => proof !== undefined).map(({ name }) => name);
  return new SamepointError(
    'BAD_REQUEST',
    `${path} contains no weights of ${model.title}.`,
    `Give a folder with ${names.join(', ')}, or the file with the weights.`,
  );
}
