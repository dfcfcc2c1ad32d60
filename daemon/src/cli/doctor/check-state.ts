import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Finding } from './finding.js';

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
