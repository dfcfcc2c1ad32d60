import { appendFileSync, existsSync, readFileSync } from 'node:fs';

/** What cost much to compute, one line of JSON an entry, so that the next run need not. */
export class KeptLines<T> {
  readonly #entries: Map<string, T>;

  constructor(private readonly file: string) {
    const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
    const filled = lines.filter((line) => line !== '').map((line): [string, T] => JSON.parse(line));
    this.#entries = new Map(filled);
  }

  async get(key: string, compute: () => Promise<T>): Promise<T> {
    const known = this.#entries.get(key);
    if (known !== undefined) return known;
    const value = await compute();
    appendFileSync(this.file, `${JSON.stringify([key, value])}\n`);
    this.#entries.set(key, value);
    return value;
  }
}
