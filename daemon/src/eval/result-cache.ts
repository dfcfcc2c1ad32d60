import { createHash } from 'node:crypto';
import { appendFileSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { makeStateFolder } from '../app-folders.js';

const lineSchema = z.object({ key: z.string(), id: z.string(), outcome: z.unknown() });

/** Outcomes of an evaluation on disk, one JSON line an item, so that an interrupted evaluation resumes. */
export class ResultCache {
  readonly #path: string;
  readonly #outcomes: Map<string, unknown>;

  /**
   * @param fresh discard earlier outcomes
   * @throws SamepointError `INTERNAL`
   */
  constructor(path: string, fresh: boolean) {
    this.#path = path;
    makeStateFolder(dirname(path), 'results');
    if (fresh) rmSync(path, { force: true });
    this.#outcomes = readLines(path);
  }

  /** The outcome of an item; undefined if none of this shape is cached. */
  get<Outcome>(key: string, schema: z.ZodType<Outcome>): Outcome | undefined {
    const cached = schema.safeParse(this.#outcomes.get(key));
    return cached.success ? cached.data : undefined;
  }

  add(key: string, id: string, outcome: unknown): void {
    // the newline comes first, so that a line cut short by a crash does not corrupt the next one
    appendFileSync(this.#path, `\n${JSON.stringify({ key, id, outcome })}`);
    this.#outcomes.set(key, outcome);
  }
}

function readLines(path: string): Map<string, unknown> {
  const outcomes = new Map<string, unknown>();
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return outcomes;
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    const parsed = lineSchema.safeParse(parseJson(line));
    if (parsed.success) outcomes.set(parsed.data.key, parsed.data.outcome);
  }
  return outcomes;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Cache key of an item. Changes with its truth, and with the size or modification time of its files. */
export function itemKey(item: { id: string; files: readonly string[]; truth: unknown }): string {
  const files = item.files.map((path) => {
    const stats = statSync(path, { throwIfNoEntry: false });
    return [path, stats?.size, stats?.mtimeMs];
  });
  return digest([item.id, files, item.truth]);
}

/** SHA-256 of a JSON value. */
export function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}

const PROGRAM_FOLDER = fileURLToPath(new URL('..', import.meta.url));

/** SHA-256 of the running program. Results of another build are not reused. */
export function programDigest(): string {
  const hash = createHash('sha256');
  const files = readdirSync(PROGRAM_FOLDER, { recursive: true, encoding: 'utf8' });
  for (const file of files.filter((name) => name.endsWith('.js')).sort()) {
    hash.update(file).update(readFileSync(join(PROGRAM_FOLDER, file)));
  }
  return hash.digest('hex');
}
