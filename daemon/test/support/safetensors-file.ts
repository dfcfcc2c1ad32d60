import { writeFileSync } from 'node:fs';

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
