import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GraphBuilder, type Value } from '../../src/graph/onnx/graph-builder.js';
import { createSession, ort } from '../../src/graph/runtime/session.js';
import type { Checkpoint } from '../../src/graph/weights/checkpoint.js';

export interface FloatTensor {
  dims: readonly number[];
  data: Float32Array;
}

/**
 * Writes a graph with the weights of `checkpoint` and runs it once.
 * @param wire takes the graph's inputs, named as in `inputs`, and returns its outputs by name
 */
export async function runNetwork<Names extends string>(
  checkpoint: Checkpoint,
  inputs: Record<string, FloatTensor>,
  wire: (b: GraphBuilder, inputs: (name: string) => Value) => Record<Names, Value>,
): Promise<Record<Names, FloatTensor>> {
  const b = new GraphBuilder(checkpoint);
  const declared = new Map(Object.entries(inputs).map(([name, { dims }]) => [name, b.input(name, dims)]));
  const outputs = wire(b, (name) => declared.get(name) ?? missing(name));
  for (const [name, value] of Object.entries<Value>(outputs)) b.output(name, value);
  const session = await createSession({ model: b.toModel(), weightsFolder: checkpoint.folder });
  const feeds = Object.entries(inputs).map(([name, { dims, data }]) => [name, new ort.Tensor('float32', data, dims)]);
  const results = await session.run(Object.fromEntries(feeds));
  const float = (name: string) => {
    const { dims, data } = results[name] ?? missing(name);
    if (!(data instanceof Float32Array)) throw new Error(`${name} is not float32`);
    return [name, { dims, data }];
  };
  return Object.fromEntries(Object.keys(outputs).map(float));
}

/** The `config.json` of a folder, as whoever wrote it. */
export function readConfig(folder: string): unknown {
  return JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'));
}

function missing(name: string): never {
  throw new Error(`there is no "${name}"`);
}
