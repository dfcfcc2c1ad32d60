import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { cacheDir } from '../../app-folders.js';
import { floatsToHalves, halvesToFloats } from '../../graph/weights/half.js';
import { writeFailure } from '../../write-failure.js';
import { makeFolder } from '../../write-files.js';
import type { FeatureMap } from '../feature-map.js';

/** A feature map, the size of its image in pixels, and whether that image has a single colour. */
export interface SizedMap {
  width: number;
  height: number;
  blank: boolean;
  map: FeatureMap;
}

/** Limit of the cache on disk. A level of Stable Diffusion at 768×768 has 6 MB, one of the embedded network up to 7 MB. */
const MAX_BYTES = 2e9;

const SUFFIX = '.features';
const LENGTH_BYTES = 4;
const SHA256_BYTES = 32;
/** Features reveal image content, so only the owner may read them. */
const MODES = { folder: 0o700, file: 0o600 } as const;

const count = z.number().int().positive();
const headerSchema = z.object({
  width: count,
  height: count,
  blank: z.boolean(),
  channels: count,
  rows: count,
  columns: count,
  cellWidthPx: z.number().positive(),
  cellHeightPx: z.number().positive(),
  hasLengths: z.boolean(),
});

/** The store of this environment; undefined with `SAMEPOINT_NO_CACHE`. */
export function featureStore(env: NodeJS.ProcessEnv = process.env): FeatureStore | undefined {
  if (env.SAMEPOINT_NO_CACHE) return undefined;
  return new FeatureStore(featureFolder(env), MAX_BYTES, (text) => process.stderr.write(text));
}

export function featureFolder(env: NodeJS.ProcessEnv = process.env): string {
  return join(cacheDir(env), 'features');
}

/**
 * Cache of feature maps on disk, least recently used removed first. A file holds the header's length, a JSON header, the
 * descriptors in half precision, their original lengths in single precision, and a SHA-256. Files that cannot be read or
 * written are treated as missing: features can be computed again.
 */
export class FeatureStore {
  readonly #folder: string;
  readonly #maxBytes: number;
  readonly #note: (text: string) => void;
  #hasFailed = false;

  /** @param note told once if features cannot be stored */
  constructor(folder: string, maxBytes: number = MAX_BYTES, note: (text: string) => void = () => {}) {
    this.#folder = folder;
    this.#maxBytes = maxBytes;
    this.#note = note;
  }

  async get(key: string): Promise<SizedMap | undefined> {
    const path = this.#path(key);
    try {
      const entry = decode(await readFile(path));
      const now = new Date();
      // a read-only cache is still usable
      await utimes(path, now, now).catch(() => {});
      return entry;
    } catch {
      return undefined;
    }
  }

  /** @returns the entry as read back, so that the first run computes with the same values as later ones */
  async put(key: string, entry: SizedMap): Promise<SizedMap> {
    const unfinished = join(this.#folder, `${randomUUID()}.part`);
    const bytes = encode(entry);
    try {
      makeFolder(this.#folder, MODES.folder);
      await writeFile(unfinished, bytes, { mode: MODES.file });
      await rename(unfinished, this.#path(key));
      await this.#evict();
    } catch (thrown) {
      await rm(unfinished, { force: true }).catch(() => {});
      this.#noteFailure(thrown);
    }
    return decode(bytes);
  }

  #noteFailure(thrown: unknown): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    this.#note(
      `Features are not cached in ${this.#folder}: ${writeFailure(thrown).reason}. Set SAMEPOINT_CACHE_DIR to another folder.\n`,
    );
  }

  async info(): Promise<{ entries: number; bytes: number }> {
    const files = await this.#files();
    return { entries: files.length, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
  }

  async clear(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #evict(): Promise<void> {
    const files = (await this.#files()).sort((a, b) => a.usedMs - b.usedMs);
    let bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    for (const file of files) {
      if (bytes <= this.#maxBytes) return;
      await rm(file.path, { force: true });
      bytes -= file.bytes;
    }
  }

  /** All entries, and unfinished files of interrupted processes. */
  async #files(): Promise<{ path: string; bytes: number; usedMs: number }[]> {
    const names = await readdir(this.#folder).catch(() => []);
    const files = await Promise.all(
      names.map(async (name) => {
        const path = join(this.#folder, name);
        const stats = await stat(path).catch(() => undefined);
        return stats === undefined ? [] : [{ path, bytes: stats.size, usedMs: stats.mtimeMs }];
      }),
    );
    return files.flat();
  }

  #path(key: string): string {
    return join(this.#folder, `${key}${SUFFIX}`);
  }
}

function encode({ map: { chw, lengths, ...shape }, ...image }: SizedMap): Buffer {
  const header = Buffer.from(JSON.stringify({ ...image, ...shape, hasLengths: lengths !== undefined }));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32LE(header.length);
  const values = [bytesOf(floatsToHalves(chw)), bytesOf(lengths ?? new Float32Array())];
  const content = Buffer.concat([length, header, ...values]);
  return Buffer.concat([content, sha256(content)]);
}

function decode(bytes: Buffer): SizedMap {
  const content = bytes.subarray(0, -SHA256_BYTES);
  if (!sha256(content).equals(bytes.subarray(-SHA256_BYTES))) throw new RangeError('the entry is damaged');
  const valuesAt = LENGTH_BYTES + content.readUInt32LE(0);
  const header = headerSchema.parse(JSON.parse(content.toString('utf8', LENGTH_BYTES, valuesAt)));
  const { width, height, blank, hasLengths, ...shape } = header;
  const halvesEnd = valuesAt + 2 * shape.channels * shape.rows * shape.columns;
  // copies: a typed array must be aligned to its element size
  const copy = (start: number, end?: number) => Uint8Array.from(content.subarray(start, end)).buffer;
  const chw = halvesToFloats(new Uint16Array(copy(valuesAt, halvesEnd)));
  const lengths = hasLengths ? { lengths: new Float32Array(copy(halvesEnd)) } : {};
  return { width, height, blank, map: { ...shape, chw, ...lengths } };
}

function bytesOf({ buffer, byteOffset, byteLength }: Uint16Array | Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
