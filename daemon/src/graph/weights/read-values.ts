import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { Checkpoint } from './checkpoint.js';
import { halvesToFloats } from './half.js';

/**
 * The values of a small tensor of half, bfloat16 or single precision. Weights proper stay in their file.
 * @returns undefined if the checkpoint has no such tensor, or one of other numbers
 */
export function readValues({ folder, tensors }: Checkpoint, name: string): Float32Array | undefined {
  const entry = tensors.get(name);
  if (entry === undefined) return undefined;
  const bytes = new Uint8Array(entry.length);
  const file = openSync(join(folder, entry.file), 'r');
  try {
    readSync(file, bytes, 0, entry.length, entry.offset);
  } finally {
    closeSync(file);
  }
  switch (entry.dtype) {
    case 'F32':
      return new Float32Array(bytes.buffer);
    case 'F16':
      return halvesToFloats(new Uint16Array(bytes.buffer));
    case 'BF16': // the upper half of a float's bits
      return new Float32Array(Uint32Array.from(new Uint16Array(bytes.buffer), (bits) => bits << 16).buffer);
    default:
      return undefined;
  }
}

/** Reads up to `length` bytes of an open file at `offset`; fewer at its end, none beyond it. */
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
