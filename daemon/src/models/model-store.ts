import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { SamepointError } from '@samepoint/shared-protocol';
import * as z from 'zod';
import { makeStateFolder, writeStateFile } from '../app-folders.js';
import { decodeText, parseJson } from '../read-text.js';
import type { CatalogueFile } from './catalogue.js';
import { describeSource, type RemoteFile } from './download/remote-file.js';

const pinSchema = z.object({
  etag: z.string(),
  size: z.number(),
  /** Hash of the local file; absent until it has been read once. */
  sha256: z.string().optional(),
});
const pulledSchema = z.object({ key: z.string(), snapshot: z.string(), blob: z.string() });

const storeSchema = z.object({
  version: z.literal(1),
  /** The file of the first download, by `pinKey`; later downloads and `verify` must match it. */
  pins: z.record(z.string(), pinSchema),
  /** Files registered by the user: model id → file name → absolute path. */
  added: z.record(z.string(), z.record(z.string(), z.string())),
  /** Files Samepoint added to the Hugging Face cache; `rm` removes no others. */
  pulled: z.array(pulledSchema),
});
export type ModelStore = z.infer<typeof storeSchema>;

const EMPTY: ModelStore = { version: 1, pins: {}, added: {}, pulled: [] };

const invalidText = (reason: string) => new TypeError(reason);

/** @throws SamepointError `INTERNAL` if the file exists but cannot be parsed */
export function readStore(path: string): ModelStore {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch {
    return structuredClone(EMPTY);
  }
  try {
    return storeSchema.parse(parseJson(decodeText(bytes, invalidText), invalidText));
  } catch {
    throw new SamepointError('INTERNAL', `The list of models in ${path} cannot be read.`, 'Delete that file.');
  }
}

/**
 * Reads, changes and writes the store.
 * @throws SamepointError `INTERNAL`
 */
export function updateStore(path: string, change: (store: ModelStore) => void): void {
  const store = readStore(path);
  change(store);
  makeStateFolder(dirname(path), 'the list of models');
  writeStateFile(path, `${JSON.stringify(store, null, 2)}\n`);
}

/** The key of a pin. A subset and the whole file have different keys. */
export function pinKey({ source, tensors }: CatalogueFile, isSubset: boolean): string {
  const from = source.kind === 'url' ? source.url : `${source.at.repository}@${source.at.revision}/${source.path}`;
  return isSubset ? `${from}#${tensors?.source ?? ''}` : from;
}

/**
 * Checks that a file without a hash in the catalogue matches its first download.
 * @throws SamepointError `MODEL_INVALID`
 */
export function checkPin(store: ModelStore, file: CatalogueFile, remote: RemoteFile): void {
  if (file.sha256 !== null) return;
  const pin = store.pins[pinKey(file, false)] ?? store.pins[pinKey(file, true)];
  if (pin === undefined || (pin.etag === remote.etag && pin.size === remote.size)) return;
  throw new SamepointError(
    'MODEL_INVALID',
    `${describeSource(file.source)} differs from the file of the first download.`,
    'If you trust the change, run samepoint models rm for this model and pull it again.',
  );
}
