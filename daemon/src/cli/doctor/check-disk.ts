import { lstatSync, readdirSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { formatBytes } from '../format/download-line.js';
import { existingParent } from './check-state.js';
import type { Finding } from './finding.js';

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
