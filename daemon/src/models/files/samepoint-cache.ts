import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { CatalogueFile, FileSource } from '../catalogue.js';
import { repositoryFolder } from './hub-cache.js';

/** The note beside a file with a subset of a checkpoint's tensors. */
const subsetSchema = z.object({
  /** ETag and size of the whole file. */
  etag: z.string(),
  size: z.number(),
  /** The regular expression of the tensors' names. */
  tensors: z.string(),
});
export type SubsetNote = z.infer<typeof subsetSchema>;

/** The path of a file in Samepoint's own cache: a subset of a hub file, or a file from elsewhere. */
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

/** The file in Samepoint's cache, if it exists and has the needed tensors. */
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
