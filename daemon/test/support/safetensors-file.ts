import { writeFileSync } from 'node:fs';

/** Writes a safetensors file whose header is `header` (any value, or text that need not be JSON). */
export function writeSafetensors(path: string, header: unknown, data: Uint8Array = new Uint8Array(0)): void {
  const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  writeFileSync(path, Buffer.concat([lengthPrefix(BigInt(text.length)), text, data]));
}

export function lengthPrefix(bytes: bigint): Buffer {
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(bytes);
  return prefix;
}
