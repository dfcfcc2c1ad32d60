import { writeFileSync } from 'node:fs';

/** One entry of an archive; `patch` overrides its headers. */
export interface ZipEntry {
  name: string;
  data: Uint8Array;
  patch?: { method?: number; compressedSize?: number; size?: number; localOffset?: number };
}

/**
 * Writes a ZIP archive of stored entries.
 * @param zip64 with all sizes and offsets in 8-byte fields, like archives of more than 4 GB
 */
export function writeZip(path: string, entries: readonly ZipEntry[], { zip64 = false } = {}): void {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const name = Buffer.from(entry.name);
    const fields = sharedFields(entry, name.length);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), fields, name, entry.data]);
    const localOffset = entry.patch?.localOffset ?? offset;
    directory.push(zip64 ? zip64Entry(fields, name, localOffset) : directoryEntry(fields, name, localOffset));
    parts.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = zip64
    ? zip64End(entries.length, central.length, offset)
    : endRecord(entries.length, central.length, offset);
  writeFileSync(path, Buffer.concat([...parts, central, end]));
}

/** The common fields of the local header and the directory: version to file name length, and no extra field. */
function sharedFields({ data, patch }: ZipEntry, nameBytes: number): Buffer {
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(20, 0);
  fields.writeUInt16LE(patch?.method ?? 0, 4);
  fields.writeUInt32LE(patch?.compressedSize ?? data.length, 14);
  fields.writeUInt32LE(patch?.size ?? data.length, 18);
  fields.writeUInt16LE(nameBytes, 22);
  return fields;
}

function directoryEntry(fields: Buffer, name: Buffer, localOffset: number): Buffer {
  const rest = Buffer.alloc(14);
  rest.writeUInt32LE(localOffset, 10);
  return Buffer.concat([Buffer.from('PK\x01\x02'), Buffer.from([20, 0]), fields, rest, name]);
}

/** Sizes and offset marked as ZIP64, and the extra field with their values. */
function zip64Entry(fields: Buffer, name: Buffer, localOffset: number): Buffer {
  const values = [fields.readUInt32LE(18), fields.readUInt32LE(14), localOffset];
  const extra = Buffer.concat([Buffer.from([1, 0, 24, 0]), ...values.map(uint64)]);
  const large = Buffer.from(fields);
  large.fill(0xff, 14, 22);
  large.writeUInt16LE(extra.length, 24);
  return Buffer.concat([directoryEntry(large, name, 0xffffffff), extra]);
}

function zip64End(entries: number, directoryBytes: number, directoryOffset: number): Buffer {
  const counts = [entries, entries, directoryBytes, directoryOffset].map(uint64);
  const record = Buffer.concat([Buffer.from('PK\x06\x06'), uint64(44), Buffer.alloc(12), ...counts]);
  const locator = Buffer.concat([
    Buffer.from('PK\x06\x07'),
    Buffer.alloc(4),
    uint64(directoryOffset + directoryBytes),
    Buffer.from([1, 0, 0, 0]),
  ]);
  return Buffer.concat([record, locator, endRecord(0xffff, 0xffffffff, 0xffffffff)]);
}

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function endRecord(entries: number, directoryBytes: number, directoryOffset: number): Buffer {
  const record = Buffer.alloc(22);
  record.write('PK\x05\x06');
  record.writeUInt16LE(entries, 8);
  record.writeUInt16LE(entries, 10);
  record.writeUInt32LE(directoryBytes, 12);
  record.writeUInt32LE(directoryOffset, 16);
  return record;
}

/** Pickle opcodes as text, one byte per character. */
export const pickle = {
  /** A whole pickle of protocol 2. */
  of: (body: string): Buffer => Buffer.from(`\x80\x02${body}.`, 'latin1'),
  text: (value: string): string => `X${uint32(value.length)}${value}`,
  integer: (value: number): string => `J${uint32(value)}`,
  tuple: (...items: string[]): string => `(${items.join('')}t`,
  global: (module: string, member: string): string => `c${module}\n${member}\n`,
  call: (callee: string, ...args: string[]): string => `${callee}${pickle.tuple(...args)}R`,
  dict: (entries: Record<string, string>): string =>
    `}(${Object.entries(entries)
      .flatMap(([key, value]) => [pickle.text(key), value])
      .join('')}u`,
};

export interface TensorParts {
  type?: string;
  key?: string;
  elements?: number;
  offset?: number;
  shape?: number[];
  strides?: number[];
}

/** The pickle of one tensor as `torch.save` writes it; 2×3 float32 in storage 0 by default. */
export function tensorPickle(parts: TensorParts = {}): string {
  const { type = 'FloatStorage', key = '0', elements = 6, offset = 0, shape = [2, 3], strides = [3, 1] } = parts;
  const { text, integer, tuple, global, call } = pickle;
  const id = tuple(text('storage'), global('torch', type), text(key), text('cpu'), integer(elements));
  const hooks = `${global('collections', 'OrderedDict')})R`;
  const sizes = [tuple(...shape.map(integer)), tuple(...strides.map(integer))];
  return call(global('torch._utils', '_rebuild_tensor_v2'), `${id}Q`, integer(offset), ...sizes, '\x89', hooks);
}

function uint32(value: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes.toString('latin1');
}

/** Writes a safetensors file with `header`: any value, or text that need not be JSON. */
export function writeSafetensors(path: string, header: unknown, data: Uint8Array = new Uint8Array(0)): void {
  writeFileSync(path, withHeader(typeof header === 'string' ? header : JSON.stringify(header), data));
}

/** Bytes of a safetensors file with one-dimensional tensors of the given lengths; the values of the nth are all n + 1. */
export function safetensorsFile(lengths: Record<string, number>, dtype = 'F32'): Buffer {
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  const parts: Buffer[] = [];
  let offset = 0;
  for (const [index, [name, length]] of Object.entries(lengths).entries()) {
    const part = Buffer.from(new Float32Array(length).fill(index + 1).buffer);
    header[name] = { dtype, shape: [length], data_offsets: [offset, offset + part.length] };
    parts.push(part);
    offset += part.length;
  }
  return withHeader(JSON.stringify(header), Buffer.concat(parts));
}

export function withHeader(json: string, data: Uint8Array): Buffer {
  const text = Buffer.from(json);
  return Buffer.concat([lengthPrefix(BigInt(text.length)), text, data]);
}

export function lengthPrefix(bytes: bigint): Buffer {
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(bytes);
  return prefix;
}
