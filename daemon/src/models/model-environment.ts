import { stat, statfs, symlink } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { makeFolder } from '../write-files.js';
import { CATALOGUE, type CatalogueModel } from './catalogue.js';
import { type Fetch, proxiedFetch } from './download/proxy.js';
import { type Locations, locations } from './locations.js';

/** What the models code touches outside itself, so that tests can stand in for it. */
export interface ModelEnvironment {
  catalogue: readonly CatalogueModel[];
  at: Locations;
  fetch: Fetch;
  /** The disk `folder` lies on, which is created: its id, and the bytes this user can still write to it. */
  disk: (folder: string) => Promise<{ id: number; freeBytes: number }>;
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Milliseconds, never going back. */
  now: () => number;
  /** Makes a symbolic link; rejects where the system or the disk has none. */
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
    // on Windows links need a privilege
    link: process.platform === 'win32' ? () => Promise.reject(new Error('no links')) : symlink,
  };
}

async function disk(folder: string): Promise<{ id: number; freeBytes: number }> {
  makeFolder(folder);
  const { bavail, bsize } = await statfs(folder);
  return { id: (await stat(folder)).dev, freeBytes: bavail * bsize };
}
