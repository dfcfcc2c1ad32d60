import { existsSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CatalogueFile, CatalogueModel } from '../catalogue.js';
import { removePartial } from '../download/download.js';
import type { ModelEnvironment } from '../model-environment.js';
import { type ModelStore, pinKey, readStore, updateStore } from '../model-store.js';
import { findFile, modelOf } from '../resolve-model.js';
import { removeEmptyFolders, removeFromHubCache, repositoryFolder } from './hub-cache.js';
import { samepointCachePath, subsetNotePath } from './samepoint-cache.js';

export interface RemoveReport {
  removed: string[];
  /** Files that other tools or the user installed. */
  left: string[];
}

/**
 * Removes a model's downloads and registrations. Keeps files that another installed model needs, and files that Samepoint
 * did not download.
 */
export async function removeModel(id: string, environment: ModelEnvironment): Promise<RemoveReport> {
  const model = modelOf(id, environment);
  const { at } = environment;
  const before = readStore(at.stateFile);
  const removed = Object.values(before.added[id] ?? {}).length > 0 ? ['registration'] : [];
  const own = model.files.filter((file) => !isNeededElsewhere(model, file, before, environment));
  for (const file of own) {
    if (await removeComplete(file, before, environment)) removed.push(file.name);
    await removeInterrupted(file, environment);
  }
  const keys = new Set(own.flatMap((file) => [pinKey(file, false), pinKey(file, true)]));
  for (const path of Object.values(before.added[id] ?? {})) keys.add(`added:${path}`);
  updateStore(at.stateFile, (store) => {
    delete store.added[id];
    for (const key of keys) delete store.pins[key];
    store.pulled = store.pulled.filter(({ key }) => !keys.has(key));
  });
  const after = readStore(at.stateFile);
  const left = own.map((file) => findFile(model, file, after, environment)).filter((path) => path !== undefined);
  return { removed, left };
}

/**
 * Removes files of a model before a new download. Registered files are only unregistered. Pins stay, since the new
 * download must match the first.
 */
export async function removeFiles(
  { id }: CatalogueModel,
  files: readonly { name: string; file?: CatalogueFile }[],
  environment: ModelEnvironment,
): Promise<void> {
  const before = readStore(environment.at.stateFile);
  for (const { file } of files) if (file !== undefined) await removeComplete(file, before, environment);
  updateStore(environment.at.stateFile, ({ added }) => {
    for (const { name } of files) delete added[id]?.[name];
  });
}

/** Whether another model shares the file and has an installed file of its own. */
function isNeededElsewhere(
  model: CatalogueModel,
  file: CatalogueFile,
  store: ModelStore,
  environment: ModelEnvironment,
): boolean {
  const keysOf = ({ files }: CatalogueModel) => new Set(files.map((entry) => pinKey(entry, false)));
  const mine = keysOf(model);
  return environment.catalogue.some(
    (other) =>
      other.id !== model.id &&
      keysOf(other).has(pinKey(file, false)) &&
      other.files.some(
        (entry) => !mine.has(pinKey(entry, false)) && findFile(other, entry, store, environment) !== undefined,
      ),
  );
}

async function removeComplete(file: CatalogueFile, store: ModelStore, { at }: ModelEnvironment): Promise<boolean> {
  const own = samepointCachePath(at.samepointCache, file.source);
  const existed = existsSync(own);
  await rm(own, { force: true });
  await rm(subsetNotePath(own), { force: true });
  const pulled = store.pulled.filter(({ key }) => key === pinKey(file, false));
  for (const { snapshot, blob } of pulled) await removeFromHubCache(at.hubCache, snapshot, blob);
  await removeEmptyFolders(dirname(own), at.samepointCache);
  return existed || pulled.length > 0;
}

async function removeInterrupted({ source }: CatalogueFile, { at }: ModelEnvironment): Promise<void> {
  const own = samepointCachePath(at.samepointCache, source);
  await removePartial(`${own}.incomplete`);
  await removeEmptyFolders(dirname(own), at.samepointCache);
  if (source.kind === 'hub') await removePartials(join(at.hubCache, repositoryFolder(source.at.repository)));
}

/** Samepoint's interrupted downloads have a note beside them; those of other tools do not. */
async function removePartials(repositoryPath: string): Promise<void> {
  const blobs = join(repositoryPath, 'blobs');
  if (!existsSync(blobs)) return;
  for (const name of readdirSync(blobs)) {
    if (name.endsWith('.incomplete.json')) await removePartial(join(blobs, name.slice(0, -'.json'.length)));
  }
}
