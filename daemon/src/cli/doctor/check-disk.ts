import { existsSync, lstatSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { formatBytes } from '../format/format-values.js';
import type { Finding } from './findings.js';

export interface CacheFacts {
  /** Name of the folder in the check. */
  name: string;
  folder: string;
  bytes: number;
  /** Free bytes for this user; undefined if the system does not report them. */
  freeBytes: number | undefined;
}

/** Size of the largest model with its text encoder, with a margin. */
const ENOUGH_BYTES = 5e9;

/** Measures a folder and the free space of its disk. Creates nothing. */
export async function inspectCache(name: string, folder: string): Promise<CacheFacts> {
  const freeBytes = await statfs(existingParent(folder)).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => undefined,
  );
  return { name, folder, bytes: bytesBelow(folder), freeBytes };
}

/** Total size of the files in a folder. Links are not followed. */
function bytesBelow(folder: string): number {
  let bytes = 0;
  for (const entry of entriesOf(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) bytes += bytesBelow(path);
    else if (entry.isFile()) bytes += lstatSync(path, { throwIfNoEntry: false })?.size ?? 0;
  }
  return bytes;
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

export function checkCache({ name, folder, bytes, freeBytes }: CacheFacts): Finding {
  const check = `disk ${name}`;
  const used = `${formatBytes(bytes)} in ${folder}`;
  if (freeBytes === undefined) return { check, state: 'none', message: `${used}; unknown free space` };
  const message = `${used}, ${formatBytes(freeBytes)} free`;
  if (freeBytes >= ENOUGH_BYTES) return { check, state: 'ok', message };
  return {
    check,
    state: 'warning',
    message: `${message}: not enough for the larger models`,
    fix: { sentence: 'Free up space, or set HF_HOME to a folder on a larger disk.' },
  };
}

export interface StateFacts {
  folder: string;
  /** Node's error code, if the folder is not writable. */
  refusal: string | undefined;
}

/** Tests whether the folder of pairings and registered models is writable. Leaves nothing behind. */
export function inspectState(folder: string): StateFacts {
  try {
    writeAndRemove(join(existingParent(folder), `doctor-${process.pid}.tmp`));
    return { folder, refusal: undefined };
  } catch (thrown) {
    return { folder, refusal: thrown instanceof Error && 'code' in thrown ? String(thrown.code) : String(thrown) };
  }
}

/** Permissions alone are not reliable on Windows, on full or read-only disks, or in `/proc`. */
function writeAndRemove(path: string): void {
  writeFileSync(path, '');
  rmSync(path);
}

/** The folder itself or its closest existing parent. */
export function existingParent(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : existingParent(dirname(folder));
}

export function checkState({ folder, refusal }: StateFacts): Finding {
  if (refusal === undefined) return { check: 'state', state: 'ok', message: `pairings are stored in ${folder}` };
  return {
    check: 'state',
    state: 'failed',
    message: `cannot write ${folder}, where pairings are stored (${refusal})`,
    fix: { sentence: 'Make the folder writable, or set SAMEPOINT_STATE_DIR to another folder.' },
  };
}
