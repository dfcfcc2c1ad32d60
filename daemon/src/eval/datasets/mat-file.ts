import { readFile } from 'node:fs/promises';
import { inflateSync } from 'node:zlib';
import { SamepointError } from '@samepoint/shared-protocol';

/** A numeric array in column-major order. */
export interface MatArray {
  dims: number[];
  data: Float64Array;
}

/** Annotations are small. A larger variable is refused. */
const MAX_UNPACKED_BYTES = 64 * 1024 * 1024;

const HEADER_BYTES = 128;
const TAG_BYTES = 8;
const ENDIAN_AT = 126;
const COMPRESSED = 15;
const MATRIX = 14;
const COMPLEX_FLAG = 0x08;

/** Array classes of numbers: double, single and the integers. */
const NUMERIC_CLASSES = { first: 6, last: 15 };

/** Readers by type of the data element. MATLAB stores a double array of small integers as bytes. */
const READERS: Readonly<Record<number, { bytes: number; read: (data: Buffer, at: number) => number }>> = {
  1: { bytes: 1, read: (data, at) => data.readInt8(at) },
  2: { bytes: 1, read: (data, at) => data.readUInt8(at) },
  3: { bytes: 2, read: (data, at) => data.readInt16LE(at) },
  4: { bytes: 2, read: (data, at) => data.readUInt16LE(at) },
  5: { bytes: 4, read: (data, at) => data.readInt32LE(at) },
  6: { bytes: 4, read: (data, at) => data.readUInt32LE(at) },
  7: { bytes: 4, read: (data, at) => data.readFloatLE(at) },
  9: { bytes: 8, read: (data, at) => data.readDoubleLE(at) },
  12: { bytes: 8, read: (data, at) => Number(data.readBigInt64LE(at)) },
  13: { bytes: 8, read: (data, at) => Number(data.readBigUInt64LE(at)) },
};

/**
 * Reads a real numeric array of a MATLAB file, version 5 to 7 (little-endian, compressed or not). Other variables are
 * skipped.
 * Source: MathWorks, MAT-File Format, chapter 1, "Level 5 MAT-File Format".
 * @throws SamepointError `BAD_REQUEST`
 */
export async function readMatArray(path: string, name: string): Promise<MatArray> {
  const bytes = await readFile(path).catch(() => {
    throw invalid(path, 'it cannot be opened');
  });
  try {
    checkHeader(bytes);
    return findArray(bytes, name);
  } catch (thrown) {
    if (thrown instanceof Error) throw invalid(path, thrown instanceof UnusableFile ? thrown.message : 'it is damaged');
    throw thrown;
  }
}

/** The file is not usable; the message is the reason. */
class UnusableFile extends Error {}

function checkHeader(bytes: Buffer): void {
  const text = bytes.toString('latin1', 0, Math.min(HEADER_BYTES, bytes.length));
  if (text.startsWith('MATLAB 7.3')) throw new UnusableFile('it is of version 7.3 (HDF5)');
  if (!text.startsWith('MATLAB 5.0') || bytes.length < HEADER_BYTES)
    throw new UnusableFile('it is not a MATLAB file of version 5');
  if (text.slice(ENDIAN_AT) !== 'IM') throw new UnusableFile('its numbers are big-endian');
}

function findArray(bytes: Buffer, name: string): MatArray {
  const names: string[] = [];
  for (let { type, data } of elements(bytes.subarray(HEADER_BYTES))) {
    if (type === COMPRESSED) {
      const [inner] = elements(inflateSync(data, { maxOutputLength: MAX_UNPACKED_BYTES }));
      if (inner === undefined) continue;
      ({ type, data } = inner);
    }
    if (type !== MATRIX) continue;
    const [flags, dims, label, values] = elements(data);
    const found = label?.data.toString('latin1') ?? '';
    if (found === name) return toArray(name, flags, dims, values);
    names.push(found);
  }
  throw new UnusableFile(`it has no variable "${name}" (only ${names.join(', ') || 'none'})`);
}

interface Element {
  type: number;
  data: Buffer;
}

/** Iterates over data elements, which are aligned to eight bytes. */
function* elements(bytes: Buffer): Generator<Element> {
  for (let at = 0; at + TAG_BYTES <= bytes.length; ) {
    const first = bytes.readUInt32LE(at);
    const smallLength = first >>> 16;
    if (smallLength > 0) {
      yield { type: first & 0xffff, data: bytes.subarray(at + 4, at + 4 + smallLength) };
      at += TAG_BYTES;
      continue;
    }
    const length = bytes.readUInt32LE(at + 4);
    const start = at + TAG_BYTES;
    if (start + length > bytes.length) throw new UnusableFile('it ends in the middle of a variable');
    yield { type: first, data: bytes.subarray(start, start + length) };
    at = start + (first === COMPRESSED ? length : Math.ceil(length / TAG_BYTES) * TAG_BYTES);
  }
}

function toArray(name: string, flags?: Element, shape?: Element, values?: Element): MatArray {
  const kind = flags?.data.readUInt8(0) ?? 0;
  const isComplex = ((flags?.data.readUInt8(1) ?? 0) & COMPLEX_FLAG) !== 0;
  if (kind < NUMERIC_CLASSES.first || kind > NUMERIC_CLASSES.last || isComplex) {
    throw new UnusableFile(`its variable "${name}" is not a full array of real numbers`);
  }
  const dims = shape === undefined ? [] : numbers(shape);
  const data = values === undefined ? [] : numbers(values);
  if (data.length !== dims.reduce((product, dim) => product * dim, 1)) {
    throw new UnusableFile(
      `its variable "${name}" has ${data.length} numbers, which do not fit the shape ${dims.join('×')}`,
    );
  }
  return { dims, data: Float64Array.from(data) };
}

function numbers({ type, data }: Element): number[] {
  const reader = READERS[type];
  if (reader === undefined) throw new UnusableFile(`it stores numbers of an unknown type (${type})`);
  return Array.from({ length: Math.floor(data.length / reader.bytes) }, (_, n) => reader.read(data, n * reader.bytes));
}

function invalid(path: string, reason: string): SamepointError {
  return new SamepointError(
    'BAD_REQUEST',
    `${path} cannot be used: ${reason}.`,
    'Use the original file of the data set.',
  );
}
