import { fstatSync } from 'node:fs';
import { WeightsFormatError } from './checkpoint.js';
import { readAt } from './read-values.js';

/** Location of an uncompressed entry in the archive. */
export interface Stored {
  offset: number;
  length: number;
}

/** A checkpoint of Stable Diffusion with its optimizer has 6000 entries; 100,000 have a directory of 10 MB. */
const LIMITS = { entries: 100_000, directoryBytes: 64_000_000 };

const END = { signature: 'PK\x05\x06', bytes: 22, maxCommentBytes: 0xffff };
const END64_LOCATOR = { signature: 'PK\x06\x07', bytes: 20 };
const END64 = { signature: 'PK\x06\x06', bytes: 56 };
const ENTRY = { signature: 'PK\x01\x02', bytes: 46 };
const LOCAL = { signature: 'PK\x03\x04', bytes: 30 };

/** Value of a 2- or 4-byte field whose actual value is in the ZIP64 fields. */
const IN_ZIP64 = { u16: 0xffff, u32: 0xffffffff };
const ZIP64_FIELD = 1;
const ENCRYPTED = 1;

interface Directory {
  entries: number;
  bytes: number;
  offset: number;
}

/**
 * Locates the entries of a ZIP archive by name (PKWARE's APPNOTE 6.3, with ZIP64). All entries must be uncompressed. Reads
 * the directory and the headers of the entries, but not their contents.
 * @throws WeightsFormatError
 */
export function readZipDirectory(file: number): Map<string, Stored> {
  const fileBytes = fstatSync(file).size;
  const directory = findDirectory(file, fileBytes);
  if (directory.entries > LIMITS.entries) throw new WeightsFormatError(`it has ${directory.entries} entries`);
  if (directory.bytes > LIMITS.directoryBytes)
    throw new WeightsFormatError(`its directory has ${directory.bytes} bytes`);
  const bytes = readAt(file, directory.offset, directory.bytes);
  const entries = new Map<string, Stored>();
  let at = 0;
  for (let n = 0; n < directory.entries; n++) {
    const { name, localOffset, length, end } = readEntry(bytes, at);
    const stored = { offset: contentOffset(file, localOffset, name), length };
    if (stored.offset + length > fileBytes)
      throw new WeightsFormatError(`its entry ${name} ends behind the file's end`);
    if (entries.has(name)) throw new WeightsFormatError(`it has two entries ${name}`);
    entries.set(name, stored);
    at = end;
  }
  checkOverlaps(entries);
  return entries;
}

function findDirectory(file: number, fileBytes: number): Directory {
  const tailBytes = Math.min(fileBytes, END.bytes + END.maxCommentBytes);
  const tailOffset = fileBytes - tailBytes;
  const tail = readAt(file, tailOffset, tailBytes);
  let at = tail.length - END.bytes;
  while (at >= 0 && !(isAt(tail, at, END) && at + END.bytes + tail.readUInt16LE(at + 20) === tail.length)) at--;
  if (at < 0) throw new WeightsFormatError('it has no archive directory at its end');
  const directory = {
    entries: tail.readUInt16LE(at + 10),
    bytes: tail.readUInt32LE(at + 12),
    offset: tail.readUInt32LE(at + 16),
  };
  const isZip64 = directory.entries === IN_ZIP64.u16 || Object.values(directory).includes(IN_ZIP64.u32);
  return isZip64 ? findDirectory64(file, tailOffset + at) : directory;
}

function findDirectory64(file: number, endOffset: number): Directory {
  const locator = readAt(file, endOffset - END64_LOCATOR.bytes, END64_LOCATOR.bytes);
  if (!isAt(locator, 0, END64_LOCATOR)) throw new WeightsFormatError('its directory is damaged');
  const record = readAt(file, long(locator, 8), END64.bytes);
  if (!isAt(record, 0, END64)) throw new WeightsFormatError('its directory is damaged');
  return { entries: long(record, 32), bytes: long(record, 40), offset: long(record, 48) };
}

function readEntry(bytes: Buffer, at: number) {
  if (!isAt(bytes, at, ENTRY)) throw new WeightsFormatError('its directory is damaged');
  const nameEnd = at + ENTRY.bytes + bytes.readUInt16LE(at + 28);
  const extraEnd = nameEnd + bytes.readUInt16LE(at + 30);
  const end = extraEnd + bytes.readUInt16LE(at + 32);
  if (end > bytes.length) throw new WeightsFormatError('its directory is damaged');
  const name = bytes.toString('utf8', at + ENTRY.bytes, nameEnd);
  const sizes = {
    length: bytes.readUInt32LE(at + 24),
    compressed: bytes.readUInt32LE(at + 20),
    localOffset: bytes.readUInt32LE(at + 42),
  };
  const { length, compressed, localOffset } = withZip64(sizes, bytes.subarray(nameEnd, extraEnd));
  const isEncrypted = (bytes.readUInt16LE(at + 8) & ENCRYPTED) !== 0;
  if (bytes.readUInt16LE(at + 10) !== 0 || isEncrypted || compressed !== length) {
    throw new WeightsFormatError(`its entry ${name} is compressed or encrypted, which is not supported`);
  }
  return { name, length, localOffset, end };
}

/** Replaces the sizes that do not fit into 4 bytes by those of the ZIP64 field, in the order of `sizes`. */
function withZip64<Sizes extends Record<string, number>>(sizes: Sizes, extra: Buffer): Sizes {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== ZIP64_FIELD) continue;
    const field = extra.subarray(at + 4, at + 4 + extra.readUInt16LE(at + 2));
    let used = 0;
    const full = Object.entries(sizes).map(([name, size]) => {
      if (size !== IN_ZIP64.u32 || used + 8 > field.length) return [name, size];
      used += 8;
      return [name, long(field, used - 8)];
    });
    return Object.fromEntries(full);
  }
  return sizes;
}

function contentOffset(file: number, localOffset: number, name: string): number {
  const header = readAt(file, localOffset, LOCAL.bytes);
  if (!isAt(header, 0, LOCAL)) throw new WeightsFormatError(`its entry ${name} is not at the offset in its directory`);
  return localOffset + LOCAL.bytes + header.readUInt16LE(26) + header.readUInt16LE(28);
}

function checkOverlaps(entries: ReadonlyMap<string, Stored>): void {
  let previousEnd = 0;
  for (const [name, { offset, length }] of [...entries].sort(([, a], [, b]) => a.offset - b.offset)) {
    if (offset < previousEnd) throw new WeightsFormatError(`its entry ${name} overlaps another one`);
    previousEnd = offset + length;
  }
}

function isAt(bytes: Buffer, at: number, { signature, bytes: length }: { signature: string; bytes: number }): boolean {
  return at >= 0 && at + length <= bytes.length && bytes.toString('latin1', at, at + signature.length) === signature;
}

/** Unsigned integer of 8 bytes; rounding only affects values beyond any file size. */
function long(bytes: Buffer, at: number): number {
  return Number(bytes.readBigUInt64LE(at));
}
