import { closeSync, fstatSync, openSync, realpathSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { SamepointError } from '@samepoint/shared-protocol';
import * as z from 'zod';
import { type Checkpoint, ELEMENT_BYTES, type ElementType, type TensorEntry } from './checkpoint.js';
import { readAt } from './read-values.js';

/** Limit of the header, the same as in the reference implementation. */
export const MAX_HEADER_BYTES = 100_000_000;

const entrySchema = z.object({
  dtype: z.string(),
  shape: z.array(z.number().int().nonnegative()),
  data_offsets: z.tuple([z.number().int().nonnegative(), z.number().int().nonnegative()]),
});

/**
 * Reads the header of a safetensors file and checks every entry against the file size. Does not load weights.
 * @throws SamepointError `MODEL_INVALID`
 */
export function readSafetensorsHeader(path: string): Checkpoint {
  const { json, dataStart, fileBytes } = readHeaderJson(path);
  const realPath = realpathSync(path);
  const file = basename(realPath);
  const tensors = new Map<string, TensorEntry>();
  for (const [name, value] of Object.entries(json)) {
    if (name !== '__metadata__') tensors.set(name, { file, ...checkEntry(path, name, value, dataStart, fileBytes) });
  }
  checkOverlaps(path, tensors);
  return { path, folder: dirname(realPath), tensors };
}

function readHeaderJson(path: string): { json: Record<string, unknown>; dataStart: number; fileBytes: number } {
  const file = openFile(path);
  try {
    const fileBytes = fstatSync(file).size;
    const prefix = readAt(file, 0, 8);
    if (prefix.length < 8) throw invalid(path, 'it is shorter than a header');
    const headerBytes = Number(prefix.readBigUInt64LE());
    if (headerBytes > MAX_HEADER_BYTES || headerBytes + 8 > fileBytes) {
      throw invalid(path, `its header should have ${headerBytes} bytes, but the file has ${fileBytes}`);
    }
    const header = readAt(file, 8, headerBytes);
    return { json: parseObject(path, header.toString('utf8')), dataStart: 8 + headerBytes, fileBytes };
  } finally {
    closeSync(file);
  }
}

function openFile(path: string): number {
  try {
    return openSync(path, 'r');
  } catch {
    throw invalid(path, 'it does not exist or cannot be opened');
  }
}

function parseObject(path: string, text: string): Record<string, unknown> {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(text));
  } catch {
    throw invalid(path, 'its header is not a JSON object');
  }
}

function checkEntry(path: string, name: string, value: unknown, dataStart: number, fileBytes: number) {
  const parsed = entrySchema.safeParse(value);
  if (!parsed.success) throw invalid(path, `the entry of tensor "${name}" is malformed`);
  const { dtype, shape, data_offsets: offsets } = parsed.data;
  if (!isDtype(dtype)) throw invalid(path, `tensor "${name}" has the unknown type ${dtype}`);
  const [begin, end] = offsets;
  const expected = shape.reduce((product, dim) => product * dim, ELEMENT_BYTES[dtype]);
  if (end - begin !== expected) throw invalid(path, `tensor "${name}" needs ${expected} bytes and has ${end - begin}`);
  if (dataStart + end > fileBytes) throw invalid(path, `tensor "${name}" extends beyond the end of the file`);
  return { dtype, shape, offset: dataStart + begin, length: end - begin };
}

function checkOverlaps(path: string, tensors: ReadonlyMap<string, TensorEntry>): void {
  const byOffset = [...tensors].sort(([, a], [, b]) => a.offset - b.offset);
  let previousEnd = 0;
  for (const [name, { offset, length }] of byOffset) {
    if (offset < previousEnd) throw invalid(path, `tensor "${name}" overlaps another one`);
    previousEnd = offset + length;
  }
}

function isDtype(dtype: string): dtype is ElementType {
  return Object.hasOwn(ELEMENT_BYTES, dtype);
}

function invalid(path: string, reason: string): SamepointError {
  return new SamepointError(
    'MODEL_INVALID',
    `${path} is not a usable safetensors file: ${reason}.`,
    'Download the file again; it may be incomplete or damaged.',
  );
}
