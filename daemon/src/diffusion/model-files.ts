import { createHash } from 'node:crypto';
import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { SamepointError } from '@samepoint/shared-protocol';
import { SINGLE_FILE } from '../models/single-file.js';

/** Files of a checkpoint by their names in the official layout (`unet/config.json`), as absolute paths. */
export type ModelFiles = ReadonlyMap<string, string>;

/**
 * The files of a checkpoint on disk: a folder as diffusers, transformers or open_clip write it, or a single file with
 * its `config.json` beside it.
 * @throws SamepointError `BAD_REQUEST` when there is nothing at `path`
 */
export function filesOf(path: string): ModelFiles {
  if (!existsSync(path)) {
    throw new SamepointError('BAD_REQUEST', `${path} does not exist.`, 'Give the folder or file of a checkpoint.');
  }
  if (statSync(path).isDirectory()) return new Map(walk(path).map((file) => [nameIn(path, file), file]));
  const config = join(path, '..', 'config.json');
  const weights = path.endsWith('.safetensors') ? SINGLE_FILE : 'model.pt';
  return new Map([[weights, path], ...(existsSync(config) ? [['config.json', config] as const] : [])]);
}

/**
 * The first of several names that is there.
 * @throws SamepointError `MODEL_INVALID`
 */
export function requireFile(files: ModelFiles, ...names: readonly string[]): string {
  for (const name of names) {
    const path = files.get(name);
    if (path !== undefined) return path;
  }
  throw new SamepointError(
    'MODEL_INVALID',
    `The checkpoint has no ${names.join(' or ')}.`,
    'Give a complete checkpoint in its official layout, or get the model with `samepoint models pull`.',
  );
}

/**
 * What is another for another content: hashing gigabytes would cost more than features do. Archives and installers set the
 * time of the content as they like, that of the last change nobody can set.
 */
export function fileIdentity(path: string): string {
  const real = realpathSync(path);
  const { size, mtimeMs, ctimeMs } = statSync(real);
  return JSON.stringify([real, size, mtimeMs, ctimeMs]);
}

/** Like {@link fileIdentity} for all files of a checkpoint, as a hash. */
export function checkpointIdentity(files: ModelFiles): string {
  const facts = [...files].map(([name, path]) => [name, fileIdentity(path)]);
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex');
}

function walk(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name));
}

function nameIn(folder: string, file: string): string {
  return relative(folder, file).split(sep).join('/');
}
