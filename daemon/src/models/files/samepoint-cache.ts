import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { CatalogueFile, FileSource } from '../catalogue.js';
import { repositoryFolder } from './hub-cache.js';

/** What lies beside a file that holds only some of a checkpoint's tensors. */
const subsetSchema = z.object({
  /** ETag and size of the whole file it was cut from. */
  etag: z.string(),
  size: z.number(),
  /** The expression that chose the tensors. */
  tensors: z.string(),
});
export type SubsetNote = z.infer<typeof subsetSchema>;

/** Where our own folder keeps a file: cut out of a repository's, or from elsewhere. */
export function samepointCachePath(samepointCache: string, source: FileSource): string {
  if (source.kind === 'hub') {
    return join(samepointCache, 'subsets', repositoryFolder(source.at.repository), source.at.revision, source.path);
  }
  const { hostname, pathname } = new URL(source.url);
  return join(samepointCache, 'files', hostname, ...pathname.split('/').filter((part) => part !== '..'));
}

export function subsetNotePath(path: string): string {
  return `${path}.subset.json`;
}

/** Our copy of a file, if it is there and holds the tensors that are needed. */
export function findInSamepointCache(samepointCache: string, file: CatalogueFile): string | undefined {
  const path = samepointCachePath(samepointCache, file.source);
  if (!existsSync(path)) return undefined;
  if (file.source.kind === 'url') return path;
  return readSubsetNote(path)?.tensors === file.tensors?.source ? path : undefined;
}

export function readSubsetNote(path: string): SubsetNote | undefined {
  try {
    return subsetSchema.parse(JSON.parse(readFileSync(subsetNotePath(path), 'utf8')));
  } catch {
    return undefined;
  }
}
