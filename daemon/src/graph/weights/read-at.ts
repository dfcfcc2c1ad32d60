import { fstatSync, readSync } from 'node:fs';

/** Up to `length` bytes of an open file from `offset` on; fewer where the file ends, none outside of it. */
export function readAt(file: number, offset: number, length: number): Buffer {
  const available = Math.min(length, fstatSync(file).size - offset);
  if (!Number.isSafeInteger(offset) || offset < 0 || available <= 0) return Buffer.alloc(0);
  const bytes = Buffer.alloc(available);
  let read = 0;
  for (let count = 1; read < available && count > 0; read += count) {
    count = readSync(file, bytes, read, available - read, offset + read);
  }
  return bytes.subarray(0, read);
}
