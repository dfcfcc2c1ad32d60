import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { copyFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { makeFolder } from '../../write-files.js';
import type { CatalogueFile, FileSource, HubRevision } from '../catalogue.js';
import type { ModelEnvironment } from '../model-environment.js';

/** Files up to this size are identified by their hash, larger ones by the name of their blob. */
const SMALL_BYTES = 4 * 1024 * 1024;

type HubSource = Extract<FileSource, { kind: 'hub' }>;

export function repositoryFolder(repository: string): string {
  return `models--${repository.replaceAll('/', '--')}`;
}

/** The path of `source` in a Hugging Face cache, or undefined. Any tool may have downloaded it. */
export function findInHubCache(hubCache: string, source: HubSource, file: CatalogueFile): string | undefined {
  const { at, path } = source;
  const named = join(hubCache, repositoryFolder(at.repository), 'snapshots', commitInCache(hubCache, at), path);
  const { sha256 } = file;
  if (hasSize(named, file.size) && !isOtherBlob(named, sha256)) return named;
  if (sha256 === null) return undefined;
  for (const repository of [at.repository, ...(at.formerly ?? [])]) {
    const folder = join(hubCache, repositoryFolder(repository));
    for (const candidate of [join(folder, 'blobs', sha256), ...inSnapshots(folder, path)]) {
      if (hasSize(candidate, file.size) && isContent(candidate, sha256)) return candidate;
    }
  }
  return undefined;
}

/** The cached commit of a branch; a commit is returned unchanged. */
function commitInCache(hubCache: string, at: HubRevision): string {
  try {
    return readFileSync(join(hubCache, repositoryFolder(at.repository), 'refs', at.revision), 'utf8').trim();
  } catch {
    return at.revision;
  }
}

function inSnapshots(repositoryPath: string, path: string): string[] {
  const snapshots = join(repositoryPath, 'snapshots');
  return existsSync(snapshots) ? readdirSync(snapshots).map((commit) => join(snapshots, commit, path)) : [];
}

function hasSize(path: string, size: number | null): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats?.isFile() === true && (size === null ? stats.size > 0 : stats.size === size);
}

/**
 * Whether the blob has another hash. A large file's blob is named by its SHA-256. The blob may itself be a link, to a
 * store with other names.
 */
function isOtherBlob(path: string, sha256: string | null): boolean {
  const blob = basename(lstatSync(path).isSymbolicLink() ? readlinkSync(path) : path);
  return sha256 !== null && /^[0-9a-f]{64}$/.test(blob) && blob !== sha256;
}

function isContent(path: string, sha256: string): boolean {
  if (basename(path) === sha256) return true;
  if (statSync(path).size > SMALL_BYTES) return false;
  return createHash('sha256').update(readFileSync(path)).digest('hex') === sha256;
}

/** The paths of a downloaded file in the cache. `etag` names its blob. */
export function hubPaths(hubCache: string, source: HubSource, commit: string, etag: string) {
  const folder = join(hubCache, repositoryFolder(source.at.repository));
  return {
    blob: join(folder, 'blobs', etag),
    snapshot: join(folder, 'snapshots', commit, source.path),
    ref: source.at.revision === commit ? undefined : join(folder, 'refs', source.at.revision),
  };
}

/**
 * Moves a complete file into the cache: the blob, a symbolic link to it in the snapshot, and the branch's ref. Without
 * symbolic links, as on Windows or FAT, the snapshot contains the file itself, as with huggingface_hub.
 */
export async function placeInHubCache(
  complete: string,
  paths: ReturnType<typeof hubPaths>,
  commit: string,
  link: ModelEnvironment['link'],
): Promise<void> {
  const { blob, snapshot, ref } = paths;
  makeFolder(dirname(snapshot));
  await rm(snapshot, { force: true });
  await moveFile(complete, blob);
  try {
    await link(relative(dirname(snapshot), blob), snapshot);
  } catch {
    await moveFile(blob, snapshot);
  }
  if (ref === undefined) return;
  makeFolder(dirname(ref));
  await writeFile(ref, commit);
}

async function moveFile(from: string, to: string): Promise<void> {
  makeFolder(dirname(to));
  try {
    await rename(from, to);
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'EXDEV')) throw thrown;
    await copyFile(from, to);
    await rm(from);
  }
}

/** Removes what a download put there; the blob stays as long as another snapshot refers to it. */
export async function removeFromHubCache(hubCache: string, snapshot: string, blob: string): Promise<void> {
  await rm(snapshot, { force: true });
  await removeEmptyFolders(dirname(snapshot), hubCache);
  if (!(await isReferredTo(blob))) await rm(blob, { force: true });
  await removeEmptyFolders(dirname(blob), hubCache);
}

async function isReferredTo(blob: string): Promise<boolean> {
  const snapshots = join(dirname(dirname(blob)), 'snapshots');
  if (!existsSync(snapshots) || !existsSync(blob)) return false;
  const target = await realpath(blob);
  for (const entry of readdirSync(snapshots, { recursive: true, withFileTypes: true })) {
    if (!entry.isSymbolicLink()) continue;
    const link = join(entry.parentPath, entry.name);
    if (existsSync(link) && (await realpath(link)) === target) return true;
  }
  return false;
}

/** Removes `folder` and its parents below `root` if they are empty. */
export async function removeEmptyFolders(folder: string, root: string): Promise<void> {
  for (let at = resolve(folder); at.startsWith(resolve(root)) && at !== resolve(root); at = dirname(at)) {
    if (existsSync(at) && readdirSync(at).length > 0) return;
    await rm(at, { recursive: true, force: true });
  }
}
