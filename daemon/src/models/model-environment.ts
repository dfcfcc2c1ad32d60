import { stat, statfs, symlink } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { makeFolder } from '../write-files.js';
import { CATALOGUE, type CatalogueModel } from './catalogue.js';
import { type Fetch, proxiedFetch } from './download/proxy.js';
import { type Locations, locations } from './locations.js';

/** External dependencies of the model code, which tests replace. */
export interface ModelEnvironment {
  catalogue: readonly CatalogueModel[];
  at: Locations;
  fetch: Fetch;
  /** The disk of `folder`, which is created: its id, and the bytes available to this user. */
  disk: (folder: string) => Promise<{ id: number; freeBytes: number }>;
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Monotonic time in milliseconds. */
  now: () => number;
  /** Makes a symbolic link; rejects if unsupported by the system or the disk. */
  link: (target: string, path: string) => Promise<void>;
}

export function modelEnvironment(env: NodeJS.ProcessEnv = process.env): ModelEnvironment {
  const at = locations(env);
  return {
    catalogue: CATALOGUE,
    at,
    fetch: proxiedFetch(at.proxies),
    disk,
    sleep: async (ms, signal) => {
      await delay(ms, undefined, signal === undefined ? {} : { signal });
    },
    now: () => performance.now(),
    // symbolic links need a privilege on Windows
    link: process.platform === 'win32' ? () => Promise.reject(new Error('no links')) : symlink,
  };
}

async function disk(folder: string): Promise<{ id: number; freeBytes: number }> {
  makeFolder(folder);
  const { bavail, bsize } = await statfs(folder);
  return { id: (await stat(folder)).dev, freeBytes: bavail * bsize };
}
