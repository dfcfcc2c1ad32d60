import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import { SamepointError } from '@samepoint/shared-protocol';
import * as z from 'zod';
import { weightsFilesAt } from '../../graph/weights/weights.js';
import { SINGLE_FILE } from '../../models/files/single-file.js';
import { officialNames } from '../../models/files/weights-names.js';

/** Files of a checkpoint by their names in the official layout (`unet/config.json`), as absolute paths. */
export type ModelFiles = ReadonlyMap<string, string>;

/**
 * The files of a checkpoint on disk: a folder as diffusers, transformers or open_clip write it, weights in whatever format under
 * the name of safetensors; or a single file with its `config.json` beside it.
 * @throws SamepointError `BAD_REQUEST` when there is nothing at `path`, `MODEL_INVALID` for an empty folder
 */
export function filesOf(path: string): ModelFiles {
  if (!existsSync(path)) {
    throw new SamepointError('BAD_REQUEST', `${path} does not exist.`, 'Give the folder or file of a checkpoint.');
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

/** Names of files that hold weights. */
const WEIGHTS = /\.(safetensors|pt|pth|ckpt|bin)$/;

/**
 * The first of several names that is there.
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

/** @param what to begin the message with: which weights are not where */
function noWeights(what: string, files: ModelFiles): SamepointError {
  return new SamepointError(
    'MODEL_INVALID',
    `${what}${classIn(files)}.`,
    'Give a folder in the official layout with weights as .safetensors or .bin, or the file with the weights itself ' +
      '(.safetensors, .bin, .ckpt, .pth, .pt), or get the model with `samepoint models pull`.',
  );
}

/** Where the files lie under their names; of several folders that of the checkpoint's own, which come last. */
function checkpointFolder(files: ModelFiles): string | undefined {
  const [name, path] = [...files].at(-1) ?? [];
  return name === undefined || path === undefined ? undefined : join(path, ...name.split('/').map(() => '..'));
}

/**
 * A checkpoint with what it lacks from another one. Weights come from there only for whole parts that are missing (the VAE,
 * the text encoder): beside the checkpoint's own, they might be taken in their place. Its own files come last.
 */
export function fillMissingParts(own: ModelFiles, fallback: ModelFiles): ModelFiles {
  const parts = new Set([...own.keys()].map((name) => posix.dirname(name)));
  const taken = [...fallback].filter(([name]) => {
    const part = posix.dirname(name);
    return !own.has(name) && (!WEIGHTS.test(name) || (part !== '.' && !parts.has(part)));
  });
  return new Map([...taken, ...own]);
}

const classSchema = z.object({
  _class_name: z.string().optional(),
  architectures: z.array(z.string()).optional(),
});

/** The class that the configuration of diffusers or transformers names, to end a sentence with. */
function classIn(files: ModelFiles): string {
  const path = files.get('model_index.json') ?? files.get('config.json');
  try {
    const { _class_name: name, architectures } = classSchema.parse(JSON.parse(readFileSync(path ?? '', 'utf8')));
    const found = name ?? architectures?.[0];
    return found === undefined ? '' : `; it is a ${found}`;
  } catch {
    return '';
  }
}

/**
 * What is another for another content: hashing gigabytes would cost more than features do. Archives and installers set the
 * time of the content as they like, that of the last change nobody can set. Weights in several files are all of them.
 */
export function fileIdentity(path: string): string {
  const facts = weightsFilesAt(path).map((file) => {
    // what is missing is named where the weights are opened
    if (!existsSync(file)) return [file];
    const real = realpathSync(file);
    const { size, mtimeMs, ctimeMs } = statSync(real);
    return [real, size, mtimeMs, ctimeMs];
  });
  return JSON.stringify(facts);
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
