import { constants } from 'node:fs';
import { access, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, resolve } from 'node:path';
import { SamepointError, type WarpedTarget } from '@samepoint/shared-protocol';
import { decodeLayer } from '../../images/decode.js';
import { encodePng } from '../../images/encode.js';
import { onTransparent } from '../../images/pixels.js';
import type { Size } from '../../images/resize.js';

/**
 * How a file is going to be written: `beside` as by `writeOutputFile`, which needs the folder, or `over` what is there, which
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

/**
 * Writes a file of results whole or not at all: it is written beside and moved over, so that a failure leaves what was
 * there before.
 * @param option that names the file or the folder it is in
 * @throws SamepointError `BAD_REQUEST` when nothing can be written there
 */
export async function writeOutputFile(path: string, bytes: Uint8Array, option = '--out'): Promise<void> {
  const beside = `${path}.${process.pid}.new`;
  try {
    await writeFile(beside, bytes);
    await rename(beside, path);
  } catch (thrown) {
    await rm(beside, { force: true });
    const reason = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : String(thrown);
    throw new SamepointError(
      'BAD_REQUEST',
      `${path} cannot be written (${reason}).`,
      `Give another path to ${option}.`,
    );
  }
}

/**
 * Writes the image of a warped target to `path`, of the size of the target.
 * @throws SamepointError `BAD_REQUEST` when nothing can be written there
 */
export async function writeWarped(
  path: string,
  { box }: Extract<WarpedTarget, { state: 'warped' }>,
  png: Uint8Array,
  target: Size,
): Promise<void> {
  const whole = box.w === target.width && box.h === target.height;
  await writeOutputFile(path, whole ? png : await encodePng(onTransparent(await decodeLayer(png), box, target)));
}

/** `<target>-warped.png` for each path; files of one name in different folders get a number. */
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
