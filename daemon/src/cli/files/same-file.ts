import { realpathSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, extname } from 'node:path';

/**
 * Keys of an existing file or folder: its device and inode, and its real path. Two paths name the same file if they share a
 * key: through links, and in another spelling on a case-insensitive file system. Some file systems have no inodes.
 * @returns no keys for a path that does not exist
 */
export async function fileKeys(path: string): Promise<string[]> {
  try {
    const { dev, ino } = await stat(path, { bigint: true });
    // the native function spells the path as the file system does
    const real = `path ${realpathSync.native(path)}`;
    return ino === 0n ? [real] : [`inode ${dev} ${ino}`, real];
  } catch {
    return [];
  }
}

/** Whether two paths name the same existing file or folder. */
export async function isSameFile(a: string, b: string): Promise<boolean> {
  const keys = new Set(await fileKeys(a));
  return (await fileKeys(b)).some((key) => keys.has(key));
}

/** Files and folders that a command reads. */
export class InputFiles {
  readonly #files = new Map<string, string>();
  readonly #folders = new Map<string, string>();

  static async of(paths: readonly string[]): Promise<InputFiles> {
    const inputs = new InputFiles();
    for (const path of paths) {
      const found = await stat(path).catch(() => undefined);
      const named = found?.isDirectory() ? inputs.#folders : inputs.#files;
      for (const key of await fileKeys(path)) named.set(key, path);
    }
    return inputs;
  }

  /**
   * The input that is the file at `path`, or the folder that contains it. Pages in a folder are reports of earlier runs: no
   * data set has any.
   */
  async find(path: string): Promise<string | undefined> {
    for (const key of await fileKeys(path)) {
      const input = this.#files.get(key);
      if (input !== undefined) return input;
    }
    const isPage = /^\.html?$/i.test(extname(path));
    return isPage || this.#folders.size === 0 ? undefined : this.#folderAround(realPath(path));
  }

  async #folderAround(path: string | undefined): Promise<string | undefined> {
    if (path === undefined || dirname(path) === path) return undefined;
    for (const key of await fileKeys(dirname(path))) {
      const input = this.#folders.get(key);
      if (input !== undefined) return input;
    }
    return this.#folderAround(dirname(path));
  }
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync.native(path);
  } catch {
    return undefined;
  }
}
