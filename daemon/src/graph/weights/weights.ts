import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, posix, relative, sep } from 'node:path';
import { SamepointError } from '@samepoint/shared-protocol';
import * as z from 'zod';
import type { Checkpoint, TensorEntry } from './checkpoint.js';
import { rejectPlaceholder, weightsFormat } from './file-format.js';
import { readPytorchLegacy, readPytorchZip } from './pytorch.js';
import { readSafetensorsHeader } from './safetensors.js';

/** What diffusers and transformers call the index of a checkpoint in several files: `….safetensors.index.fp16.json`. */
const INDEX = /\.index(\.\w+)?\.json$/;
/** One of these files. */
const SHARD = /^(.*-)(\d{5})-of-(\d{5})(\..*)$/;
const MAX_INDEX_BYTES = 100_000_000;

const indexSchema = z.object({ weight_map: z.record(z.string(), z.string()) });

/** The files of a checkpoint in several: all that the index names, or as many as the name of one of them counts. */
interface ShardSet {
  shards: readonly string[];
  /** Which of them should hold a tensor, where there is an index. */
  weightMap: Readonly<Record<string, string>>;
}

/**
 * Opens the weights at `path` whatever their format: safetensors, or what `torch.save` writes, in one file or in several,
 * of which the index or one is given. Reads where the tensors lie, and no weight; nothing in a pickle is executed.
 * @throws SamepointError `MODEL_INVALID` that names what the file is instead, or what is missing
 */
export function openWeights(path: string): Checkpoint {
  const set = shardSet(path);
  return set === undefined ? openFile(path) : joinShards(path, set);
}

/**
 * Every file that the weights at `path` lie in; an index belongs to them.
 * @throws SamepointError `MODEL_INVALID` for an index that cannot be read
 */
export function weightsFilesAt(path: string): string[] {
  const shards = shardSet(path)?.shards ?? [];
  return [...new Set([path, ...shards.map((shard) => join(dirname(path), shard))])];
}

function openFile(path: string): Checkpoint {
  switch (weightsFormat(path)) {
    case 'safetensors':
      return readSafetensorsHeader(path);
    case 'pytorch-zip':
      return readPytorchZip(path);
    case 'pytorch-legacy':
      return readPytorchLegacy(path);
  }
}

function shardSet(path: string): ShardSet | undefined {
  if (INDEX.test(path)) return readIndex(path);
  const [, stem, , count, ending] = SHARD.exec(basename(path)) ?? [];
  if (stem === undefined) return undefined;
  const shards = Array.from(
    { length: Number(count) },
    (_, n) => `${stem}${String(n + 1).padStart(5, '0')}-of-${count}${ending}`,
  );
  return { shards, weightMap: {} };
}

function readIndex(path: string): ShardSet {
  const { weight_map: weightMap } = parseIndex(path);
  const shards = [...new Set(Object.values(weightMap))].sort();
  const elsewhere = shards.find((shard) => shard !== basename(shard) || shard.startsWith('.') || shard.includes('\\'));
  if (elsewhere !== undefined) throw invalid(path, `it names "${elsewhere}", which is no file of its folder`);
  if (shards.length === 0) throw invalid(path, 'it names no files');
  return { shards, weightMap };
}

function parseIndex(path: string): z.infer<typeof indexSchema> {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size > MAX_INDEX_BYTES) throw invalid(path, `it has ${size} bytes`);
  try {
    return indexSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    rejectPlaceholder(path);
    throw invalid(path, 'it is no index of weights');
  }
}

function joinShards(path: string, { shards, weightMap }: ShardSet): Checkpoint {
  const missing = shards.find((shard) => !existsSync(join(dirname(path), shard)));
  if (missing !== undefined) {
    throw new SamepointError(
      'MODEL_INVALID',
      `${path} is incomplete: ${missing} is missing beside it.`,
      `Get it into the same folder; the weights lie in ${shards.length} files.`,
    );
  }
  const opened = shards.map((shard) => ({ shard, ...openFile(join(dirname(path), shard)) }));
  const folder = commonFolder(
    opened.map((one) => one.folder),
    path,
  );
  const tensors = new Map<string, TensorEntry>();
  for (const { shard, folder: own, tensors: some } of opened) {
    const below = relative(folder, own).replaceAll(sep, '/');
    for (const [name, entry] of some) {
      if ((weightMap[name] ?? shard) === shard) tensors.set(name, { ...entry, file: posix.join(below, entry.file) });
    }
  }
  const absent = Object.keys(weightMap).find((name) => !tensors.has(name));
  if (absent !== undefined) throw invalid(path, `${weightMap[absent]} has no tensor "${absent}"`);
  return { path, folder, tensors };
}

/** Links may lead to different folders, as in the store that the repositories of a Hugging Face cache share. */
function commonFolder([first = '', ...others]: readonly string[], path: string): string {
  const isAbove = (folder: string) => others.every((other) => !/^\.\.|^[A-Za-z]:/.test(relative(folder, other)));
  let folder = first;
  while (!isAbove(folder) && dirname(folder) !== folder) folder = dirname(folder);
  if (!isAbove(folder)) throw invalid(path, 'its files lie on different disks');
  return folder;
}

function invalid(path: string, reason: string): SamepointError {
  return new SamepointError(
    'MODEL_INVALID',
    `${path} is not usable: ${reason}.`,
    'Get the checkpoint again, all of its files into one folder.',
  );
}
