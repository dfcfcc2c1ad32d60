import { readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { isProcess } from '../../is-process.js';
import { makeFolder } from '../../write-files.js';
import { interrupted } from './failures.js';

/** Polling interval of a waiting process, and interval at which the holder touches the lock. */
const POLL_MS = 500;
const HEARTBEAT_MS = 5000;
/** A lock that has not been touched for this long is left over from a crash. */
const STALE_MS = 60_000;

export interface LockOptions {
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Called once if another process holds the lock. */
  onWait?: () => void;
  signal?: AbortSignal | undefined;
}

/** Runs `action` while holding a lock file, waiting for other processes that hold it. */
export async function withLock<T>(path: string, options: LockOptions, action: () => Promise<T>): Promise<T> {
  makeFolder(dirname(path));
  for (let waits = 0; !tryAcquire(path); waits++) {
    if (waits === 0) options.onWait?.();
    await options.sleep(POLL_MS, options.signal).catch(() => {
      throw interrupted();
    });
  }
  const heartbeat = setInterval(() => touch(path), HEARTBEAT_MS);
  try {
    return await action();
  } finally {
    clearInterval(heartbeat);
    rmSync(path, { force: true });
  }
}

function tryAcquire(path: string): boolean {
  try {
    writeFileSync(path, `${hostname()} ${process.pid}`, { flag: 'wx' });
    return true;
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST')) throw thrown;
    if (isStale(path)) rmSync(path, { force: true });
    return false;
  }
}

function isStale(path: string): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return false;
  if (Date.now() - stats.mtimeMs > STALE_MS) return true;
  const [host, pid] = readOwner(path);
  return host === hostname() && !isProcess(Number(pid));
}

function readOwner(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split(' ');
  } catch {
    return [];
  }
}

function touch(path: string): void {
  try {
    utimesSync(path, new Date(), new Date());
  } catch {
    // the lock was removed by hand; the download continues
  }
}
