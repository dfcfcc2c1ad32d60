import { createHash } from 'node:crypto';
import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import { SamepointError } from '@samepoint/shared-protocol';
import * as z from 'zod';
import { weightsFilesAt } from '../../graph/weights/weights.js';
import { SINGLE_FILE } from '../../models/files/single-file.js';
import { officialNames } from '../../models/files/weights-names.js';
import { readJsonSync } from '../../read-text.js';
import { isVisible } from '../../visible-files.js';

/** Files of a checkpoint: name in the official layout (`unet/config.json`) → absolute path. */
export type ModelFiles = ReadonlyMap<string, string>;

/**
 * The files of a checkpoint on disk: a folder in the layout of diffusers, transformers or open_clip, or a single file and the
 * `config.json` beside it. Weights of any format are listed under their safetensors name.
 * @throws SamepointError `BAD_REQUEST` when `path` does not exist, `MODEL_INVALID` for an empty folder
 */
export function filesOf(path: string): ModelFiles {
  if (!existsSync(path)) {
    throw new SamepointError('BAD_REQUEST', `${path} does not exist.`, 'Name the folder or file of a checkpoint.');
  }
  if (statSync(path).isDirectory()) {
    const names = walk(path).map((file) => nameIn(path, file));
    const files = new Map([...officialNames(names)].map(([official, name]) => [official, join(path, name)]));
    if (files.size > 0) return files;
    throw noWeights(`${path} is empty`, files);
  }
  const config = join(path, '..', 'config.json');
  return new Map([[SINGLE_FILE, path], ...(existsSync(config) ? [['config.json', config] as const] : [])]);
}

const WEIGHTS = /\.(safetensors|pt|pth|ckpt|bin)$/;

/**
 * Path of the first of `names` that exists.
 * @throws SamepointError `MODEL_INVALID`
 */
export function requireFile(files: ModelFiles, ...names: readonly string[]): string {
  for (const name of names) {
    const path = files.get(name);
    if (path !== undefined) return path;
  }
  if (names.some((name) => WEIGHTS.test(name))) {
    const none = `has no ${names.join(' or ')}, nor these weights in another format`;
    throw noWeights(`${checkpointFolder(files) ?? 'The checkpoint'} ${none}`, files);
  }
  throw new SamepointError(
    'MODEL_INVALID',
    `The checkpoint has no ${names.join(' or ')}${classIn(files)}.`,
    'Give a complete checkpoint in its official layout, or get the model with `samepoint models pull`.',
  );
}

/** @param what start of the message: which weights are missing */
function noWeights(what: string, files: ModelFiles): SamepointError {
  return new SamepointError(
    'MODEL_INVALID',
    `${what}${classIn(files)}.`,
    'Give a folder in the official layout with weights as .safetensors or .bin, or the file with the weights itself ' +
      '(.safetensors, .bin, .ckpt, .pth, .pt), or get the model with `samepoint models pull`.',
  );
}

/** Folder of the checkpoint. Its own files come last, after those of the fallback. */
function checkpointFolder(files: ModelFiles): string | undefined {
  const [name, path] = [...files].at(-1) ?? [];
  return name === undefined || path === undefined ? undefined : join(path, ...name.split('/').map(() => '..'));
}

/**
 * Fills in missing files from another checkpoint. Weights are only taken for whole missing parts (VAE, text encoder):
 * otherwise they could replace the checkpoint's own. The own files come last.
 */
export function fillMissingParts(own: ModelFiles, fallback: ModelFiles): ModelFiles {
  const parts = new Set([...own.keys()].map((name) => posix.dirname(name)));
  const filled = [...fallback].filter(([name]) => {
    const part = posix.dirname(name);
    return !own.has(name) && (!WEIGHTS.test(name) || (part !== '.' && !parts.has(part)));
  });
  return new Map([...filled, ...own]);
}

const classSchema = z.object({
  _class_name: z.string().optional(),
  architectures: z.array(z.string()).optional(),
});

/** Class name in the configuration of diffusers or transformers, as the end of a message. */
function classIn(files: ModelFiles): string {
  const path = files.get('model_index.json') ?? files.get('config.json');
  try {
    const { _class_name: name, architectures } = classSchema.parse(
      readJsonSync(path ?? '', (reason) => new Error(reason)),
    );
    const found = name ?? architectures?.[0];
    return found === undefined ? '' : `; it is a ${found}`;
  } catch {
    return '';
  }
}

/**
 * Identifies the content of a file by path, size and times: hashing gigabytes takes longer than computing features. `ctime`
 * is included because archives and installers can set `mtime`. Sharded weights include all shards.
 */
export function fileIdentity(path: string): string {
  const facts = weightsFilesAt(path).map((file) => {
    // opening the weights reports the missing file
    if (!existsSync(file)) return [file];
    const real = realpathSync(file);
    const { size, mtimeMs, ctimeMs } = statSync(real);
    return [real, size, mtimeMs, ctimeMs];
  });
  return JSON.stringify(facts);
}

/** Hash of the {@link fileIdentity} of all files of a checkpoint. */
export function checkpointIdentity(files: ModelFiles): string {
  const facts = [...files].map(([name, path]) => [name, fileIdentity(path)]);
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex');
}

function walk(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => relative(folder, path).split(sep).every(isVisible));
}

function nameIn(folder: string, file: string): string {
  return relative(folder, file).split(sep).join('/');
}
