import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { SamepointError } from '@samepoint/shared-protocol';

/**
 * How a file is going to be written: `beside` as by `writeWhole`, which needs the folder, or `over` what is there, which
 * needs the file itself.
 */
export type Writing = 'beside' | 'over';

/**
 * Checks before the work begins whether a file can be written, and leaves nothing behind.
 * @param option that names it, such as "--report"
 * @throws SamepointError `BAD_REQUEST`
 */
export async function checkOutputFile(path: string, option: string, writing: Writing): Promise<void> {
  const existing = await kindOf(path);
  if (existing === 'folder') throw unwritable(path, 'it is a folder', option);
  const folder = dirname(resolve(path));
  const around = await kindOf(folder);
  if (around === undefined) throw unwritable(path, `there is no folder ${folder}`, option);
  if (around === 'file') throw unwritable(path, `${folder} is a file`, option);
  if (existing === 'file' && writing === 'over') {
    if (!(await mayWrite(path))) throw unwritable(path, 'it may not be changed', option);
  } else if (!(await mayWrite(folder))) throw unwritable(path, `${folder} may not be changed`, option);
}

/**
 * Checks before the work begins whether a folder can be made or written to. It is not made, so that work that comes to
 * nothing leaves none.
 * @param option that names it
 * @throws SamepointError `BAD_REQUEST`
 */
export async function checkOutputFolder(folder: string, option: string): Promise<void> {
  let at = resolve(folder);
  while ((await kindOf(at)) === undefined && dirname(at) !== at) at = dirname(at);
  if ((await kindOf(at)) === 'file') {
    throw unwritable(folder, at === resolve(folder) ? 'it is a file' : `${at} is a file`, option);
  }
  if (!(await mayWrite(at))) throw unwritable(folder, `${at} may not be changed`, option);
}

async function kindOf(path: string): Promise<'folder' | 'file' | undefined> {
  const stats = await stat(path).catch(() => undefined);
  if (stats === undefined) return undefined;
  return stats.isDirectory() ? 'folder' : 'file';
}

function mayWrite(path: string): Promise<boolean> {
  return access(path, constants.W_OK).then(
    () => true,
    () => false,
  );
}

function unwritable(path: string, reason: string, option: string): SamepointError {
  return new SamepointError(
    'BAD_REQUEST',
    `Nothing can be written to ${path}: ${reason}.`,
    `Give another path to ${option}.`,
  );
}
