import { createHash } from 'node:crypto';
import { keyStream } from '../graph/probe/key-stream.js';
import type { NdArray } from '../graph/runtime/run.js';

/** What a draw of noise depends on: draws that differ in any of it are independent, equal ones are equal. */
export interface NoiseSource {
  /** Of the image that the noise is for, by {@link contentOf}: with shared noise, places would match themselves. */
  content: string;
  seed: number;
  /** Member of the ensemble, from 0. */
  member: number;
}

/** Bytes of one uniform value. */
const UNIFORM_BYTES = 4;

/**
 * Standard normal values: Box and Muller (1958) over the key stream of `source`. The same image gives the same features on
 * every machine, and draws of different sources are independent.
 */
export function gaussianNoise(length: number, source: NoiseSource): Float32Array {
  const uniform = uniformValues(length + (length % 2), source);
  const values = new Float32Array(length);
  for (let i = 0; i < length; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(uniform[i] ?? 1));
    const angle = 2 * Math.PI * (uniform[i + 1] ?? 0);
    values[i] = radius * Math.cos(angle);
    if (i + 1 < length) values[i + 1] = radius * Math.sin(angle);
  }
  return values;
}

/** SHA-256 of an array's shape and values. */
export function contentOf({ dims, data }: NdArray): string {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return createHash('sha256').update(JSON.stringify(dims)).update(bytes).digest('hex');
}

/** Uniform values in (0, 1], whose logarithms are finite. */
function uniformValues(length: number, { content, seed, member }: NoiseSource): Float64Array {
  const stream = keyStream(JSON.stringify([content, seed, member]), UNIFORM_BYTES * length);
  return Float64Array.from({ length }, (_, i) => (stream.readUInt32LE(UNIFORM_BYTES * i) + 1) / 2 ** 32);
}
