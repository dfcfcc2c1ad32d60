import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join, posix, relative, sep } from 'node:path';
import { SamepointError } from '@samepoint/shared-protocol';
import * as z from 'zod';
import { readJsonSync } from '../../read-text.js';
import type { Checkpoint, TensorEntry } from './checkpoint.js';
import { rejectPlaceholder, weightsFormat } from './file-format.js';
import { readPytorchLegacy, readPytorchZip } from './pytorch.js';
import { readSafetensorsHeader } from './safetensors.js';

/** Index of a sharded checkpoint in diffusers and transformers: `….safetensors.index.fp16.json`. */
const INDEX = /\.index(\.\w+)?\.json$/;
/** One shard. */
const SHARD = /^(.*-)(\d{5})-of-(\d{5})(\..*)$/;
const MAX_INDEX_BYTES = 100_000_000;

const indexSchema = z.object({ weight_map: z.record(z.string(), z.string()) });

/** The shards of a checkpoint: those in its index, or those counted in the name of a shard. */
interface ShardSet {
  shards: readonly string[];
  /** Tensor name → shard, from the index; empty without one. */
  weightMap: Readonly<Record<string, string>>;
}

/**
 * Opens the weights at `path`: safetensors or `torch.save`, in one file or sharded. For shards, `path` is the index or any
 * shard. Locates tensors without loading weights; pickles are not executed.
 * @throws SamepointError `MODEL_INVALID` with the actual format of the file, or the missing part
 */
export function openWeights(path: string): Checkpoint {
  const set = shardSet(path);
  return set === undefined ? openFile(path) : joinShards(path, set);
}

/**
 * All files of the weights at `path`, including an index.
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
  if (elsewhere !== undefined) throw invalid(path, `it names "${elsewhere}", which is not in its folder`);
  if (shards.length === 0) throw invalid(path, 'it names no files');
  return { shards, weightMap };
}

function parseIndex(path: string): z.infer<typeof indexSchema> {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size > MAX_INDEX_BYTES) throw invalid(path, `it has ${size} bytes`);
  rejectPlaceholder(path);
  const parsed = indexSchema.safeParse(readJsonSync(path, (reason) => invalid(path, reason)));
  if (parsed.success) return parsed.data;
  throw invalid(path, 'it is not an index of weights');
}

function joinShards(path: string, { shards, weightMap }: ShardSet): Checkpoint {
  const missing = shards.find((shard) => !existsSync(join(dirname(path), shard)));
  if (missing !== undefined) {
    throw new SamepointError(
      'MODEL_INVALID',
      `${path} is incomplete: ${missing} is missing.`,
      `Download it into the same folder; the weights have ${shards.length} files.`,
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

/** Symbolic links may point to different folders, as in a Hugging Face cache. */
function commonFolder([first = '', ...others]: readonly string[], path: string): string {
  const isAbove = (folder: string) => others.every((other) => !/^\.\.|^[A-Za-z]:/.test(relative(folder, other)));
  let folder = first;
  while (!isAbove(folder) && dirname(folder) !== folder) folder = dirname(folder);
  if (!isAbove(folder)) throw invalid(path, 'its files are on different disks');
  return folder;
}

function invalid(path: string, reason: string): SamepointError {
  return new SamepointError(
    'MODEL_INVALID',
    `${path} is not usable: ${reason}.`,
    'Download all files of the checkpoint into one folder.',
  );
}
