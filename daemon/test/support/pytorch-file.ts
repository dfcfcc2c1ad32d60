import { writeFileSync } from 'node:fs';

/** One entry of an archive; `patch` overrides what its headers say. */
export interface ZipEntry {
  name: string;
  data: Uint8Array;
  patch?: { method?: number; compressedSize?: number; size?: number; localOffset?: number };
}

/** Writes a ZIP archive of stored entries. */
export function writeZip(path: string, entries: readonly ZipEntry[]): void {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const name = Buffer.from(entry.name);
    const fields = sharedFields(entry, name.length);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), fields, name, entry.data]);
    directory.push(directoryEntry(fields, name, entry.patch?.localOffset ?? offset));
    parts.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  writeFileSync(path, Buffer.concat([...parts, central, endRecord(entries.length, central.length, offset)]));
}

/** What the local header and the directory have in common: version to file name length, and no extra field. */
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

function endRecord(entries: number, directoryBytes: number, directoryOffset: number): Buffer {
  const record = Buffer.alloc(22);
  record.write('PK\x05\x06');
  record.writeUInt16LE(entries, 8);
  record.writeUInt16LE(entries, 10);
  record.writeUInt32LE(directoryBytes, 12);
  record.writeUInt32LE(directoryOffset, 16);
  return record;
}

/** Pickle opcodes, as text of one byte a character. */
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

/** The pickle of one tensor as `torch.save` writes it; 2×3 float32 in storage 0 unless told otherwise. */
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
