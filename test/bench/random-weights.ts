import { closeSync, openSync, writeSync } from 'node:fs';
import { randomWeights } from '../../daemon/src/graph/probe/random-weights.js';
import { lengthPrefix, pickle, tensorPickle, writeZip } from '../../daemon/test/support/weights-files.js';

type Shapes = ReadonlyMap<string, readonly number[]>;

const HALF_BYTES = 2;

/** Writes a safetensors file of random half-precision weights, determined by the seed. */
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

/** Writes a `torch.save` checkpoint of random half-precision weights. */
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

function elements(shape: readonly number[]): number {
  return shape.reduce((product, dim) => product * dim, 1);
}
