import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { basename, dirname, extname, resolve } from 'node:path';
import { SamepointError } from '@samepoint/shared-protocol';
import { makeFolder, writeFileAtomic } from '../../write-files.js';

/**
 * Checks that `writeOutputFile` can write a file, before any work is done. Creates nothing.
 * @param option that names the file, such as "--report"
 * @throws SamepointError `BAD_REQUEST`
 */
export async function checkOutputFile(path: string, option: string): Promise<void> {
  const existing = await kindOf(path);
  if (existing === 'folder') throw notWritable(path, 'it is a folder', option);
  if (existing === 'device') throw notWritable(path, 'it is not a regular file', option);
  const folder = dirname(resolve(path));
  const parent = await kindOf(folder);
  if (parent === undefined) throw notWritable(path, `the folder ${folder} does not exist`, option);
  if (parent !== 'folder') throw notWritable(path, `${folder} is a file`, option);
  if (!(await isWritable(folder))) throw notWritable(path, `${folder} is not writable`, option);
}

/**
 * Checks that a folder exists or can be created, and is writable, before any work is done. Creates nothing, so that a
 * command that fails leaves no empty folder.
 * @param option that names the folder
 * @throws SamepointError `BAD_REQUEST`
 */
export async function checkOutputFolder(folder: string, option: string): Promise<void> {
  let closest = resolve(folder);
  while ((await kindOf(closest)) === undefined && dirname(closest) !== closest) closest = dirname(closest);
  if ((await kindOf(closest)) !== 'folder') {
    throw notWritable(folder, closest === resolve(folder) ? 'it is a file' : `${closest} is a file`, option);
  }
  if (!(await isWritable(closest))) throw notWritable(folder, `${closest} is not writable`, option);
}

/**
 * Creates the folder of `--out` and its parents.
 * @throws SamepointError `BAD_REQUEST`
 */
export function makeOutputFolder(folder: string): void {
  try {
    makeFolder(folder);
  } catch (cause) {
    const reason = codeOf(cause) === 'EEXIST' ? 'it is a file' : String(cause);
    throw notWritable(folder, reason, '--out');
  }
}

/**
 * Writes a file of results atomically: after a failure, the previous content is still there.
 * @param option that names the file or its folder
 * @throws SamepointError `BAD_REQUEST`
 */
export async function writeOutputFile(path: string, content: string | Uint8Array, option = '--out'): Promise<void> {
  try {
    writeFileAtomic(path, content);
  } catch (cause) {
    throw notWritable(path, codeOf(cause) ?? String(cause), option);
  }
}

/** `<target>-warped.png` for each path. Files with the same name in different folders are numbered. */
export function warpedNames(paths: readonly string[]): string[] {
  const taken = new Set<string>();
  return paths.map((path) => {
    const stem = basename(path, extname(path));
    let name = `${stem}-warped.png`;
    for (let n = 2; taken.has(name); n++) name = `${stem}-${n}-warped.png`;
    taken.add(name);
    return name;
  });
}

async function kindOf(path: string): Promise<'folder' | 'file' | 'device' | undefined> {
  const stats = await stat(path).catch(() => undefined);
  if (stats === undefined) return undefined;
  if (stats.isDirectory()) return 'folder';
  return stats.isFile() ? 'file' : 'device';
}

function isWritable(path: string): Promise<boolean> {
  return access(path, constants.W_OK).then(
    () => true,
    () => false,
  );
}

function codeOf(cause: unknown): string | undefined {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
}

function notWritable(path: string, reason: string, option: string): SamepointError {
  return new SamepointError('BAD_REQUEST', `Cannot write ${path}: ${reason}.`, `Choose another path for ${option}.`);
}
