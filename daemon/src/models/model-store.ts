import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { SamepointError } from '@samepoint/shared-protocol';
import * as z from 'zod';
import { makeStateFolder } from '../state-dir.js';
import { writeFileAtomic } from '../write-file-atomic.js';

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
