import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { RgbImage } from '../../daemon/src/images/decode.js';

/** A cache in a file, with one entry per line as JSON. */
export class JsonLinesCache<T> {
  readonly #entries: Map<string, T>;

  constructor(private readonly file: string) {
    const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
    const filled = lines.filter((line) => line !== '').map((line): [string, T] => JSON.parse(line));
    this.#entries = new Map(filled);
  }

  async get(key: string, compute: () => Promise<T>): Promise<T> {
    const cached = this.#entries.get(key);
    if (cached !== undefined) return cached;
    const value = await compute();
    appendFileSync(this.file, `${JSON.stringify([key, value])}\n`);
    this.#entries.set(key, value);
    return value;
  }
}

export function hashOf(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 16);
}

export function hashOfImage({ width, height, rgb }: RgbImage): string {
  return `${width}×${height} ${hashOf(rgb)}`;
}
