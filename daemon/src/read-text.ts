import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileKind } from './file-kinds.js';
import { locateFault } from './json-fault.js';

/**
 * Makes the error of a file.
 * @param reason completes "… cannot be used: "
 * @param hint for a file of another kind, such as a Git LFS pointer
 */
export type Refuse = (reason: string, hint?: string) => Error;

/**
 * Reads a text file of a user: UTF-8 or UTF-16, with or without a byte order mark.
 * @throws what `refuse` makes of a missing or unreadable file, another kind of file, or invalid text
 */
export async function readText(path: string, refuse: Refuse): Promise<string> {
  const bytes = await readFile(path).catch((thrown: unknown) => {
    throw refuse(openFailure(thrown));
  });
  return decodeText(bytes, refuse);
}

/** Reads a JSON file like `readText`. @throws also what `refuse` makes of invalid JSON, with its line and column */
export async function readJson(path: string, refuse: Refuse): Promise<unknown> {
  return parseJson(await readText(path, refuse), refuse);
}

/** Like `readJson`, synchronously. */
export function readJsonSync(path: string, refuse: Refuse): unknown {
  return parseJson(readTextSync(path, refuse), refuse);
}

/** Like `readText`, synchronously. */
export function readTextSync(path: string, refuse: Refuse): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (thrown) {
    throw refuse(openFailure(thrown));
  }
  return decodeText(bytes, refuse);
}

/** Decodes UTF-8 or UTF-16 text without its byte order mark. @throws what `refuse` makes of other bytes */
export function decodeText(bytes: Uint8Array, refuse: Refuse): string {
  const kind = fileKind(bytes);
  const encoding = encodingOf(bytes);
  const isUtf16 = encoding === 'utf-16le' || encoding === 'utf-16be';
  if (kind !== undefined && kind.what !== 'a text file' && !isUtf16) {
    throw refuse(`it is ${kind.what}`, kind.hint);
  }
  if (encoding === undefined) throw refuse('it is a binary file, not text');
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw refuse(invalidText(bytes, encoding));
  }
}

/** Parses JSON. @throws what `refuse` makes of its first error, with line and column from 1 */
export function parseJson(text: string, refuse: Refuse): unknown {
  try {
    return JSON.parse(text);
  } catch (thrown) {
    const fault = locateFault(text);
    const detail = thrown instanceof Error ? thrown.message.replaceAll(/\s+/g, ' ') : String(thrown);
    if (fault === undefined) throw refuse(`it is not JSON (${detail})`);
    const { line, column, expected, found } = fault;
    throw refuse(`it is not JSON (line ${line}, column ${column}: expected ${expected}, found ${found})`);
  }
}

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be';

/** By the byte order mark; without one, by the place of zeros. Undefined for binary files. */
function encodingOf(bytes: Uint8Array): Encoding | undefined {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  const zeros = [0, 0];
  for (const [at, byte] of bytes.subarray(0, SAMPLE_BYTES).entries()) {
    if (byte === 0) zeros[at % 2] = (zeros[at % 2] ?? 0) + 1;
  }
  const [even = 0, odd = 0] = zeros;
  if (even + odd === 0) return 'utf-8';
  if (bytes.length % 2 === 1 || (even > 0 && odd > 0)) return undefined;
  const enough = Math.min(bytes.length, SAMPLE_BYTES) / 4;
  if (even + odd < enough) return undefined;
  return even > 0 ? 'utf-16be' : 'utf-16le';
}

/** Text in UTF-16 whose letters are Latin has a zero in every second byte. */
const SAMPLE_BYTES = 4096;

function invalidText(bytes: Uint8Array, encoding: Encoding): string {
  if (encoding !== 'utf-8') return 'it starts as UTF-16 but has bytes that are not; save it as UTF-8';
  const before = new TextDecoder().decode(bytes).split('\ufffd', 1)[0] ?? '';
  return `line ${before.split('\n').length} has bytes that are not UTF-8; save it as UTF-8`;
}

function openFailure(thrown: unknown): string {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  if (code === 'ENOENT') return 'it does not exist';
  return code === 'EISDIR' ? 'it is a folder' : 'it cannot be opened';
}
