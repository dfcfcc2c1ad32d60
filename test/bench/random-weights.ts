import { createCipheriv, createHash } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import { pickle, tensorPickle, writeZip } from '../../daemon/test/support/pytorch-file.js';
import { lengthPrefix } from '../../daemon/test/support/safetensors-file.js';

type Shapes = ReadonlyMap<string, readonly number[]>;

const HALF_BYTES = 2;
/** Of half precision: sign and mantissa are drawn, the exponent is set. */
const SIGN_AND_MANTISSA = 0x83ff;
const MANTISSA = 0x03ff;
const EXPONENT_BIAS = 15;
const MANTISSA_BITS = 10;
/** Root mean square of numbers drawn evenly from [1,2). */
const RMS_OF_MANTISSA = Math.sqrt(7 / 3);
/** Biases are small against activations. */
const BIAS_EXPONENT = -4;
const ENCRYPTION = 'aes-128-ctr';

/** Writes a safetensors file of half-precision random weights, the same for the same seed. */
export function writeRandomSafetensors(path: string, shapes: Shapes, seed: number): void {
  let end = 0;
  const header = Object.fromEntries(
    [...shapes].map(([name, shape]) => {
      const begin = end;
      end += HALF_BYTES * elements(shape);
      return [name, { dtype: 'F16', shape, data_offsets: [begin, end] }];
    }),
  );
  const text = Buffer.from(JSON.stringify({ __metadata__: { format: 'pt' }, ...header }));
  const file = openSync(path, 'w');
  try {
    writeSync(file, lengthPrefix(BigInt(text.length)));
    writeSync(file, text);
    for (const [name, shape] of shapes) writeSync(file, randomWeights(name, shape, seed));
  } finally {
    closeSync(file);
  }
}

/** Writes a checkpoint of half-precision random weights as `torch.save` does. */
export function writeRandomPytorchFile(path: string, shapes: Shapes, seed: number): void {
  const named = [...shapes];
  const tensors = named.map(([name, shape], key): [string, string] => {
    const strides = shape.map((_, axis) => elements(shape.slice(axis + 1)));
    const parts = { type: 'HalfStorage', key: String(key), elements: elements(shape), shape: [...shape], strides };
    return [name, tensorPickle(parts)];
  });
  writeZip(path, [
    { name: 'archive/data.pkl', data: pickle.of(pickle.dict(Object.fromEntries(tensors))) },
    ...named.map(([name, shape], key) => ({ name: `archive/data/${key}`, data: randomWeights(name, shape, seed) })),
  ]);
}

/**
 * Random half-precision numbers of one magnitude's binade: what keeps the variance of activations (He et al., Delving Deep
 * into Rectifiers, 2015) for matrices and kernels, about 1 and positive for the scales of norms, small for biases.
 */
function randomWeights(name: string, shape: readonly number[], seed: number): Uint8Array {
  const isVector = shape.length < 2;
  const bias = name.endsWith('bias');
  const fanIn = elements(shape.slice(1));
  const exponent = isVector ? (bias ? BIAS_EXPONENT : 0) : Math.round(-Math.log2(RMS_OF_MANTISSA * Math.sqrt(fanIn)));
  const drawn = isVector && !bias ? MANTISSA : SIGN_AND_MANTISSA;
  const bytes = randomBytes(`${seed} ${name}`, HALF_BYTES * elements(shape));
  const halves = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / HALF_BYTES);
  const exponentBits = (exponent + EXPONENT_BIAS) << MANTISSA_BITS;
  for (let i = 0; i < halves.length; i++) halves[i] = ((halves[i] ?? 0) & drawn) | exponentBits;
  return bytes;
}

/** A stream cipher: a gigabyte of seeded random bytes takes a second. */
function randomBytes(seed: string, length: number): Buffer {
  const key = createHash('sha256').update(seed).digest().subarray(0, 16);
  return createCipheriv(ENCRYPTION, key, Buffer.alloc(16)).update(Buffer.alloc(length));
}

function elements(shape: readonly number[]): number {
  return shape.reduce((product, dim) => product * dim, 1);
}
