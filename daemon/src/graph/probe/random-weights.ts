import { createCipheriv, createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Checkpoint, TensorEntry } from '../weights/checkpoint.js';

type Shapes = ReadonlyMap<string, readonly number[]>;

const HALF_BYTES = 2;
/** Bits of half precision: sign and mantissa are random, the exponent is fixed. */
const SIGN_AND_MANTISSA = 0x83ff;
const MANTISSA = 0x03ff;
const EXPONENT_BIAS = 15;
const MANTISSA_BITS = 10;
/** Root mean square of uniform numbers in [1,2). */
const RMS_OF_MANTISSA = Math.sqrt(7 / 3);
/** Biases are small against activations. */
const BIAS_EXPONENT = -4;

/** Range of random weights: ±[1,2)·2^exponent if `signed`, else [1,2)·2^exponent. */
interface Magnitude {
  exponent: number;
  signed: boolean;
}

/**
 * Magnitude of a tensor's random weights. Matrices and kernels preserve the variance of activations (He et al., Delving Deep
 * into Rectifiers, 2015), scales of norms are positive and about 1, biases are small.
 */
function magnitudeOf(name: string, shape: readonly number[]): Magnitude {
  if (shape.length >= 2) {
    const fanIn = elements(shape.slice(1));
    return { exponent: Math.round(-Math.log2(RMS_OF_MANTISSA * Math.sqrt(fanIn))), signed: true };
  }
  return name.endsWith('bias') ? { exponent: BIAS_EXPONENT, signed: true } : { exponent: 0, signed: false };
}

/**
 * Random weights in half precision, the same for the same seed.
 * @internal for the benchmarks
 */
export function randomWeights(name: string, shape: readonly number[], seed: number): Uint8Array {
  return randomHalves(magnitudeOf(name, shape), elements(shape), `${seed} ${name}`);
}

/**
 * Writes one file of random half-precision weights that all tensors of a network share: tensors of one magnitude start at the
 * same offset. Time and memory of a network do not depend on its weights, and the file is a tenth of a checkpoint.
 * @param shapes of the network's tensors, by name
 */
export function writeSharedWeights(path: string, shapes: Shapes): Checkpoint {
  const regions = new Map<string, { magnitude: Magnitude; count: number }>();
  for (const [name, shape] of shapes) {
    const magnitude = magnitudeOf(name, shape);
    const key = JSON.stringify(magnitude);
    regions.set(key, { magnitude, count: Math.max(elements(shape), regions.get(key)?.count ?? 0) });
  }
  const offsets = new Map<string, number>();
  const chunks: Uint8Array[] = [];
  let end = 0;
  for (const [key, { magnitude, count }] of regions) {
    offsets.set(key, end);
    chunks.push(randomHalves(magnitude, count, key));
    end += HALF_BYTES * count;
  }
  writeFileSync(path, Buffer.concat(chunks));
  const entry = (name: string, shape: readonly number[]): TensorEntry => ({
    dtype: 'F16',
    shape,
    file: basename(path),
    offset: offsets.get(JSON.stringify(magnitudeOf(name, shape))) ?? 0,
    length: HALF_BYTES * elements(shape),
  });
  const tensors = new Map([...shapes].map(([name, shape]) => [name, entry(name, shape)]));
  return { path, folder: dirname(path), tensors };
}

function randomHalves({ exponent, signed }: Magnitude, count: number, seed: string): Uint8Array {
  const bytes = keyStream(seed, HALF_BYTES * count);
  const halves = new Uint16Array(bytes.buffer, bytes.byteOffset, count);
  const exponentBits = (exponent + EXPONENT_BIAS) << MANTISSA_BITS;
  const drawn = signed ? SIGN_AND_MANTISSA : MANTISSA;
  for (let i = 0; i < halves.length; i++) halves[i] = ((halves[i] ?? 0) & drawn) | exponentBits;
  return bytes;
}

function elements(shape: readonly number[]): number {
  return shape.reduce((product, dim) => product * dim, 1);
}

/**
 * Reproducible pseudo-random bytes: the key stream of AES-128 in counter mode, keyed with the SHA-256 of the seed. Streams of
 * different seeds are independent. A gigabyte takes a second.
 */
export function keyStream(seed: string, length: number): Buffer {
  const key = createHash('sha256').update(seed).digest().subarray(0, 16);
  return createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(length));
}
