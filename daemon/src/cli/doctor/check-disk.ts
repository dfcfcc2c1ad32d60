import { existsSync, lstatSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { formatBytes } from '../format/format-values.js';
import type { Finding } from './findings.js';

export interface CacheFacts {
  /** What people call it. */
  name: string;
  folder: string;
  bytes: number;
  /** What this user can still write to its disk; undefined where the system does not say. */
  freeBytes: number | undefined;
}

/** Room for the largest model with its text encoder, and some to spare. */
const ENOUGH_BYTES = 5e9;

/** Looks where models go. Creates nothing. */
export async function inspectCache(name: string, folder: string): Promise<CacheFacts> {
  const freeBytes = await statfs(existingParent(folder)).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => undefined,
  );
  return { name, folder, bytes: bytesBelow(folder), freeBytes };
}

/** Bytes of the files below a folder; links are not followed. */
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
  const held = `${formatBytes(bytes)} in ${folder}`;
  if (freeBytes === undefined) return { check, state: 'none', says: `${held}; how much is free is not known` };
  const says = `${held}, ${formatBytes(freeBytes)} free`;
  if (freeBytes >= ENOUGH_BYTES) return { check, state: 'ok', says };
  return {
    check,
    state: 'warning',
    says: `${says}: too little for the larger models`,
    fix: { sentence: 'Free some space, or set HF_HOME to a folder on a larger disk.' },
  };
}

export interface StateFacts {
  folder: string;
  /** Why it cannot be written, as Node's error code. */
  refusal: string | undefined;
}

/** Tries to write where the daemon keeps pairings and the list of models. Leaves nothing there. */
export function inspectState(folder: string): StateFacts {
  try {
    writeAndRemove(join(existingParent(folder), `doctor-${process.pid}.tmp`));
    return { folder, refusal: undefined };
  } catch (thrown) {
    return { folder, refusal: thrown instanceof Error && 'code' in thrown ? String(thrown.code) : String(thrown) };
  }
}

/** Whether a file can be written: rights alone do not tell on Windows, on a full or read-only disk, or in `/proc`. */
function writeAndRemove(path: string): void {
  writeFileSync(path, '');
  rmSync(path);
}

/** The closest folder above that exists. */
export function existingParent(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : existingParent(dirname(folder));
}

export function checkState({ folder, refusal }: StateFacts): Finding {
  if (refusal === undefined) return { check: 'state', state: 'ok', says: `pairings are kept in ${folder}` };
  return {
    check: 'state',
    state: 'failed',
    says: `${folder}, where pairings are kept, cannot be written (${refusal})`,
    fix: { sentence: 'Give yourself the right to write there, or set SAMEPOINT_STATE_DIR to another folder.' },
  };
}
