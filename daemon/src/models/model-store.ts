import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { SamepointError } from '@samepoint/shared-protocol';
import * as z from 'zod';
import { makeStateFolder } from '../app-folders.js';
import { writeFileAtomic } from '../write-files.js';
import type { CatalogueFile } from './catalogue.js';
import { describeSource, type RemoteFile } from './download/remote-file.js';

const pinSchema = z.object({
  etag: z.string(),
  size: z.number(),
  /** Of the file on this disk; absent until it has been read once. */
  sha256: z.string().optional(),
});
const pulledSchema = z.object({ key: z.string(), snapshot: z.string(), blob: z.string() });

const storeSchema = z.object({
  version: z.literal(1),
  /** What the first download saw, by `pinKey`; later downloads and `verify` must see the same. */
  pins: z.record(z.string(), pinSchema),
  /** Files the user registered: model id → name of the file → absolute path. */
  added: z.record(z.string(), z.record(z.string(), z.string())),
  /** What we put into the Hugging Face cache, so that `rm` takes nothing that others put there. */
  pulled: z.array(pulledSchema),
});
export type ModelStore = z.infer<typeof storeSchema>;

const EMPTY: ModelStore = { version: 1, pins: {}, added: {}, pulled: [] };

/** @throws SamepointError `INTERNAL` when the file is there but cannot be understood. */
export function readStore(path: string): ModelStore {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return structuredClone(EMPTY);
  }
  try {
    return storeSchema.parse(JSON.parse(text));
  } catch {
    throw new SamepointError('INTERNAL', `The list of models in ${path} cannot be read.`, 'Delete that file.');
  }
}

/**
 * Reads, changes and writes in one go.
 * @throws SamepointError `INTERNAL`
 */
export function updateStore(path: string, change: (store: ModelStore) => void): void {
  const store = readStore(path);
  change(store);
  makeStateFolder(dirname(path), 'the list of models');
  writeFileAtomic(path, `${JSON.stringify(store, null, 2)}\n`, 0o600);
}

/** What a pin is kept under. A subset and the whole file are different files. */
export function pinKey({ source, tensors }: CatalogueFile, isSubset: boolean): string {
  const from = source.kind === 'url' ? source.url : `${source.at.repository}@${source.at.revision}/${source.path}`;
  return isSubset ? `${from}#${tensors?.source ?? ''}` : from;
}

/**
 * Where the catalogue has no hash, the file must be the one of the first download.
 * @throws SamepointError `MODEL_INVALID`
 */
export function checkPin(store: ModelStore, file: CatalogueFile, remote: RemoteFile): void {
  if (file.sha256 !== null) return;
  const pin = store.pins[pinKey(file, false)] ?? store.pins[pinKey(file, true)];
  if (pin === undefined || (pin.etag === remote.etag && pin.size === remote.size)) return;
  throw new SamepointError(
    'MODEL_INVALID',
    `${describeSource(file.source)} is not the file that was downloaded the first time.`,
    'If you trust the change, run samepoint models rm for this model and pull it again.',
  );
}
