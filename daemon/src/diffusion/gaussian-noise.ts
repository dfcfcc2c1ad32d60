import { createHash } from 'node:crypto';
import { keyStream } from '../graph/probe/random-weights.js';
import type { NdArray } from '../graph/runtime/run.js';

/** Seed of a noise draw. Equal seeds give equal noise, different seeds independent noise. */
export interface NoiseSource {
  /** Hash of the image by {@link contentHash}. Noise shared by two images would match each position to itself. */
  content: string;
  seed: number;
  /** Ensemble member, from 0. */
  member: number;
}

const UNIFORM_BYTES = 4;

/**
 * Standard normal values by Box and Muller (1958) over the key stream of `source`. Results are the same on every machine.
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
export function contentHash({ dims, data }: NdArray): string {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return createHash('sha256').update(JSON.stringify(dims)).update(bytes).digest('hex');
}

/** Uniform values in (0, 1]; zero is excluded so that logarithms are finite. */
function uniformValues(length: number, { content, seed, member }: NoiseSource): Float64Array {
  const stream = keyStream(JSON.stringify([content, seed, member]), UNIFORM_BYTES * length);
  return Float64Array.from({ length }, (_, i) => (stream.readUInt32LE(UNIFORM_BYTES * i) + 1) / 2 ** 32);
}
