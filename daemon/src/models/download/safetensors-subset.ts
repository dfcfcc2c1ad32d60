import * as z from 'zod';
import { damaged } from './failures.js';
import type { ByteRange } from './remote-file.js';

/** Size of the length field before a safetensors header. */
export const LENGTH_BYTES = 8;
/** The limit of the reference implementation. */
const MAX_HEADER_BYTES = 100_000_000;
/** The data of a safetensors file starts at a multiple of this. */
const ALIGNMENT = 8;

const entrySchema = z.object({
  dtype: z.string(),
  shape: z.array(z.number().int().nonnegative()),
  data_offsets: z.tuple([z.number().int().nonnegative(), z.number().int().nonnegative()]),
});

/** A smaller safetensors file made of ranges of a larger one. */
export interface Subset {
  /** Length field and header of the smaller file. */
  prefix: Buffer;
  /** The ranges of the larger file that follow, in order. */
  ranges: readonly ByteRange[];
}

/**
 * The length of the header in bytes, from the length field of a file of `fileBytes`.
 * @throws SamepointError `MODEL_INVALID`
 */
export function headerLength(lengthField: Buffer, fileBytes: number, what: string): number {
  if (lengthField.length < LENGTH_BYTES) throw damaged(what, 'it is shorter than a header');
  const length = Number(lengthField.readBigUInt64LE());
  if (length > MAX_HEADER_BYTES || LENGTH_BYTES + length > fileBytes) {
    throw damaged(what, `its header claims ${length} bytes, the file has ${fileBytes}`);
  }
  return length;
}

/**
 * Plans the file that holds only the tensors whose names match.
 * @throws SamepointError `MODEL_INVALID`
 */
export function planSubset(header: Buffer, fileBytes: number, needed: RegExp, what: string): Subset {
  const dataStart = LENGTH_BYTES + header.length;
  const json = parseHeader(header, what);
  const kept = Object.entries(json)
    .filter(([name]) => name !== '__metadata__' && needed.test(name))
    .map(([name, value]) => ({ name, ...parseEntry(value, name, what) }))
    .sort((a, b) => a.data_offsets[0] - b.data_offsets[0]);
  if (kept.length === 0) throw damaged(what, 'it has none of the expected tensors');
  const smaller: Record<string, unknown> = '__metadata__' in json ? { __metadata__: json.__metadata__ } : {};
  const ranges: ByteRange[] = [];
  let offset = 0;
  for (const { name, dtype, shape, data_offsets: offsets } of kept) {
    const [from, to] = [dataStart + offsets[0], dataStart + offsets[1]];
    const last = ranges.at(-1);
    if (to < from || to > fileBytes) throw damaged(what, `tensor "${name}" extends beyond the end of the file`);
    if (last !== undefined && from < last.to) throw damaged(what, `tensor "${name}" overlaps another one`);
    smaller[name] = { dtype, shape, data_offsets: [offset, offset + to - from] };
    offset += to - from;
    if (last?.to === from) last.to = to;
    else if (to > from) ranges.push({ from, to });
  }
  return { prefix: encodeHeader(smaller), ranges };
}

function encodeHeader(json: Record<string, unknown>): Buffer {
  const text = Buffer.from(JSON.stringify(json));
  const padded = Buffer.concat([text, Buffer.alloc((ALIGNMENT - (text.length % ALIGNMENT)) % ALIGNMENT, ' ')]);
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeBigUInt64LE(BigInt(padded.length));
  return Buffer.concat([length, padded]);
}

function parseHeader(header: Buffer, what: string): Record<string, unknown> {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(header.toString('utf8')));
  } catch {
    throw damaged(what, 'its header is not a JSON object');
  }
}

function parseEntry(value: unknown, name: string, what: string) {
  const entry = entrySchema.safeParse(value);
  if (!entry.success) throw damaged(what, `the entry of tensor "${name}" is malformed`);
  return entry.data;
}
