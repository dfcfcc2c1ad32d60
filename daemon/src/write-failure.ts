import { SamepointError } from '@samepoint/shared-protocol';

/** Why a file or folder cannot be written. */
export interface WriteFailure {
  /** Completes "Cannot write …: ". */
  reason: string;
  /** What to do, where another path is not the remedy. */
  remedy?: string;
}

const FREE_SPACE = 'Free some space, then run the command again.';

/** By the codes of Node's errors. */
const FAILURES: Readonly<Record<string, WriteFailure>> = {
  ENOSPC: { reason: 'the disk is full', remedy: FREE_SPACE },
  EDQUOT: { reason: 'your quota on the disk is used up', remedy: FREE_SPACE },
  EROFS: { reason: 'the disk is read-only' },
  EACCES: { reason: 'you have no permission' },
  EPERM: { reason: 'the system does not permit it' },
  ENAMETOOLONG: { reason: 'the name is too long' },
  EFBIG: { reason: 'the file is too large for the disk' },
  EIO: { reason: 'the disk reports an error' },
  EMFILE: { reason: 'too many files are open', remedy: 'Raise the limit, for example with: ulimit -n 4096' },
  ENFILE: { reason: 'too many files are open on this computer', remedy: 'Close other programs, then try again.' },
  EBUSY: { reason: 'another program is using it', remedy: 'Close that program, then run the command again.' },
  EEXIST: { reason: 'it is a file' },
  ENOTDIR: { reason: 'a part of the path is a file' },
  ENOENT: { reason: 'its folder does not exist, and cannot be created' },
};

/** Explains the error of a write. Unknown codes are returned as they are. */
export function writeFailure(thrown: unknown): WriteFailure {
  const code = codeOf(thrown);
  return FAILURES[code ?? ''] ?? { reason: code ?? String(thrown) };
}

/** Codes that only a failed write has, and that the input is not to blame for. */
const OF_THE_DISK: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EFBIG', 'EIO']);

/** Explains an error of Node that a full or read-only disk caused anywhere. @returns any other error as it is */
export function explainDisk(thrown: unknown): unknown {
  if (thrown instanceof SamepointError || !OF_THE_DISK.has(codeOf(thrown) ?? '')) return thrown;
  const { reason, remedy = 'Choose a folder on another disk.' } = writeFailure(thrown);
  const path = thrown instanceof Error && 'path' in thrown ? String(thrown.path) : 'a file';
  return new SamepointError('INTERNAL', `Cannot write ${path}: ${reason}.`, remedy);
}

function codeOf(thrown: unknown): string | undefined {
  return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : undefined;
}
