import { readFileSync } from 'node:fs';
import { readSafetensorsHeader } from '../../src/graph/weights/safetensors.js';

/** Reads one float32 tensor of a safetensors file. */
export function readTensor(path: string, name: string): { dims: readonly number[]; data: Float32Array } {
  const entry = readSafetensorsHeader(path).tensors.get(name);
  if (entry?.dtype !== 'F32') throw new Error(`${path} has no float32 tensor "${name}"`);
  const bytes = readFileSync(path).subarray(entry.offset, entry.offset + entry.length);
  return { dims: entry.shape, data: new Float32Array(new Uint8Array(bytes).buffer) };
}

/** ‖a − b‖ / ‖b‖ */
export function relativeError(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) throw new Error(`${a.length} values against ${b.length}`);
  let difference = 0;
  let norm = 0;
  for (let i = 0; i < a.length; i++) {
    difference += ((a[i] ?? 0) - (b[i] ?? 0)) ** 2;
    norm += (b[i] ?? 0) ** 2;
  }
  return Math.sqrt(difference / norm);
}
