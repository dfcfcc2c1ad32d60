import { existsSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { SamepointError } from '@samepoint/shared-protocol';
import type { CatalogueFile, CatalogueModel } from './catalogue.js';
import { checkModelFile } from './check-model-file.js';
import type { ModelEnvironment } from './model-environment.js';
import { updateStore } from './model-store.js';
import { modelOf, resolveModel } from './resolve-model.js';
import { checkSingleFile, isSingleFile, SINGLE_FILE } from './single-file.js';

/** The model that may stand in for a VAE. */
const TINY_ENCODER = 'taesd';

/**
 * Registers files that are on this disk already: a folder in the official layout, the one file with the weights, or a whole
 * Stable Diffusion in one file. `taesd` instead of a path puts that model in the place of the VAE.
 * Nothing is copied. Returns the names of the files it found.
 * @throws SamepointError `BACKEND_UNKNOWN`, `BAD_REQUEST`, `MODEL_MISSING`, `MODEL_INVALID`; nothing is registered then
 */
export async function addModel(id: string, path: string, environment: ModelEnvironment): Promise<string[]> {
  const model = modelOf(id, environment);
  const at = resolve(path);
  const found =
    existsSync(at) || path !== TINY_ENCODER ? await filesAt(model, at, environment) : encoderFor(model, environment);
  updateStore(environment.at.stateFile, ({ added }) => {
    added[id] = { ...added[id], ...found };
  });
  return Object.keys(found);
}

async function filesAt(
  model: CatalogueModel,
  path: string,
  { catalogue }: ModelEnvironment,
): Promise<Record<string, string>> {
  if (isFile(path) && isSingleFile(model, path)) {
    checkSingleFile(path, model, catalogue);
    return { [SINGLE_FILE]: path };
  }
  const found = partsAt(model, path);
  const registered = Object.fromEntries([...found].map(([{ name }, at]) => [name, at]));
  for (const [file, at] of found) await checkModelFile(at, file, model, registered, catalogue);
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
  throw new SamepointError('BAD_REQUEST', `${model.title} has no VAE to stand in for.`, 'Name a Stable Diffusion.');
}

function partsAt(model: CatalogueModel, path: string): Map<CatalogueFile, string> {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) {
    throw new SamepointError('BAD_REQUEST', `There is no file or folder ${path}.`, 'Check the path.');
  }
  const found = new Map<CatalogueFile, string>();
  if (stats.isDirectory()) {
    for (const file of model.files) {
      const at = candidates(file)
        .map((name) => join(path, name))
        .find(isFile);
      if (at !== undefined) found.set(file, at);
    }
  } else {
    const file = weightsFile(model, path);
    if (file !== undefined) found.set(file, path);
  }
  if (![...found.keys()].some((file) => file.proof !== undefined)) throw nothingFound(model, path);
  return found;
}

/** Names a file may have in a folder: ours, the official one, and either without its own folder. */
function candidates({ name, source }: CatalogueFile): string[] {
  const official = source.kind === 'hub' ? source.path : new URL(source.url).pathname.split('/').at(-1);
  const names = official === undefined ? [name] : [official, name];
  // a folder with one network only; configurations are left out, since any network may have one of that name
  const flat = name.endsWith('.json') && name.includes('/') ? [] : names.map((entry) => basename(entry));
  return [...new Set([...names, ...flat])];
}

/** A single file is the network's own weights, which come first among those of its format. */
function weightsFile(model: CatalogueModel, path: string): CatalogueFile | undefined {
  const suffix = /\.[^.]+$/.exec(basename(path))?.[0] ?? '';
  const weights = model.files.filter(({ name, proof }) => proof !== undefined && name.endsWith(suffix));
  return suffix === '' ? undefined : (weights.find(({ source }) => isNamed(source, path)) ?? weights[0]);
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
    `${path} has no weights of ${model.title}.`,
    `Give a folder with ${names.join(', ')}, or one of these files.`,
  );
}
