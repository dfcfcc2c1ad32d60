import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** A file of a repository on the hub. Large ones are in LFS. */
export interface HubFile {
  path: string;
  content: Buffer;
  isLarge: boolean;
}

/** The only commit of a repository, on its branch `main`. */
export interface HubRepository {
  /** `org/name` */
  repository: string;
  commit: string;
  files: readonly HubFile[];
}

export interface CacheLayout {
  /** The requested branch. Without one, the commit was requested and there is no ref. */
  branch?: string;
  /** False if links need a privilege, as on Windows: the snapshot holds the files, and `blobs` is empty. */
  symlinks?: boolean;
  /** Since version 2, repositories share files downloaded through Xet, and the blob is a link as well. */
  sharedBlobs?: boolean;
  /** Requested paths that the repository does not have. */
  absent?: readonly string[];
}

/**
 * Writes the cache of `huggingface_hub` after downloading every file of a repository, and returns the
 * snapshot's folder. `hub-cache-layout.test.ts` compares this with the real package.
 */
export function writeHubCache(hubCache: string, from: HubRepository, layout: CacheLayout = {}): string {
  const folder = `models--${from.repository.replaceAll('/', '--')}`;
  const snapshot = join(hubCache, folder, 'snapshots', from.commit);
  write(join(hubCache, 'CACHEDIR.TAG'), CACHEDIR_TAG);
  for (const file of from.files) {
    write(join(hubCache, '.locks', folder, `${etagOf(file)}.lock`), '');
    if (layout.symlinks === false) write(join(snapshot, file.path), file.content);
    else writeLinked(hubCache, folder, join(snapshot, file.path), file, layout.sharedBlobs === true);
  }
  if (layout.branch !== undefined) write(join(hubCache, folder, 'refs', layout.branch), from.commit);
  write(join(hubCache, folder, 'trees', `${from.commit}.json`), treeOf(from));
  for (const path of layout.absent ?? []) write(join(hubCache, folder, '.no_exist', from.commit, path), '');
  return snapshot;
}

/** ETag of a file on the hub: the name of its blob in the cache. */
export function etagOf({ content, isLarge }: HubFile): string {
  return isLarge ? sha256(content) : gitBlob(content);
}

export function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

export function gitBlob(content: Buffer): string {
  return createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
}

/** Replaces Xet's hash, of which only the format matters here: it is not the SHA-256. */
export function xetHash(content: Buffer): string {
  return createHash('sha256').update('xet').update(content).digest('hex');
}

const CACHEDIR_TAG = [
  'Signature: 8a477f597d28d172789f06886806bc55',
  '# This file is a cache directory tag created by huggingface_hub.',
  '# For information about cache directory tags, see:',
  '#\thttps://bford.info/cachedir/',
  '',
].join('\n');

function treeOf({ files }: HubRepository): string {
  const entries = files.map(({ path, content, isLarge }) => {
    const large = isLarge ? { lfs_sha256: sha256(content), lfs_size: content.length } : {};
    return [path, { size: content.length, blob_id: gitBlob(content), ...large }] as const;
  });
  return JSON.stringify({ format_version: 1, files: Object.fromEntries(entries) });
}

function writeLinked(hubCache: string, folder: string, pointer: string, file: HubFile, isShared: boolean): void {
  const blob = join(hubCache, folder, 'blobs', etagOf(file));
  link(pointer, blob);
  // two files of one content share a blob
  if (existsSync(blob)) return;
  if (!isShared || !file.isLarge) {
    write(blob, file.content);
    return;
  }
  const hash = xetHash(file.content);
  const store = join(hubCache, 'blobs');
  write(join(store, '.huggingface-shared-blobs'), '1\n');
  write(join(store, hash.slice(0, 2), hash), file.content);
  write(join(store, hash.slice(0, 2), `${hash}.lock`), '');
  write(join(store, hash.slice(0, 2), `${hash}.refs`), `${folder}/blobs/${etagOf(file)}\n`);
  link(blob, join(store, hash.slice(0, 2), hash));
}

function link(at: string, target: string): void {
  mkdirSync(dirname(at), { recursive: true });
  symlinkSync(relative(dirname(at), target), at);
}

function write(path: string, content: Buffer | string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

/** The repository that `test/parity/make-hub-cache.py` downloads: small and large files, folders, and two equal files. */
export const LISTED: HubRepository = {
  repository: 'org/listed',
  commit: 'd00d1e0000000000000000000000000000000002',
  files: [
    { path: 'model_index.json', content: Buffer.from('{"_class_name": "StableDiffusionPipeline"}'), isLarge: false },
    { path: 'tokenizer/merges.txt', content: Buffer.from('#version: 0.2\n'), isLarge: false },
    { path: 'tokenizer/vocab.json', content: Buffer.from('{"!": 0}'), isLarge: false },
    { path: 'unet/diffusion_pytorch_model.safetensors', content: Buffer.from('weights'), isLarge: true },
    { path: 'vae/diffusion_pytorch_model.safetensors', content: Buffer.from('weights'), isLarge: true },
  ],
};

/** Missing paths that it requests. */
export const ABSENT = 'tokenizer/added_tokens.json';
