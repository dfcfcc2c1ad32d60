import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect } from 'vitest';
import { filesOf } from '../../src/diffusion/networks/model-files.js';
import { compileUiNetwork } from '../../src/diffusion/networks/ui-network.js';
import { GraphBuilder, type Value } from '../../src/graph/onnx/graph-builder.js';
import { createSession, ort } from '../../src/graph/runtime/session.js';
import type { Checkpoint } from '../../src/graph/weights/checkpoint.js';
import { readSafetensorsHeader } from '../../src/graph/weights/safetensors.js';

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

/** The `config.json` of a folder, by any library. */
export function readConfig(folder: string): unknown {
  return JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'));
}

function missing(name: string): never {
  throw new Error(`there is no "${name}"`);
}

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

/** Height × width of the inputs that `training/write_parity.py` writes. */
export const PARITY_SIZES = ['96x160', '160x96', '128x128'];

/** Compiles the model in a folder and expects the features of the original for the input of that size. */
export async function expectUiParity(model: string, reference: string, size: string): Promise<void> {
  const image = readTensor(reference, `input_${size}`);
  const expected = readTensor(reference, `features_${size}`);
  const [, , height = 0, width = 0] = image.dims;
  const network = compileUiNetwork(filesOf(model), { width, height });
  const session = await InferenceSession.create(network.model, {
    extra: { session: { model_external_initializers_file_folder_path: network.weightsFolder } },
  });
  const { features } = await session.run({ image: new Tensor('float32', image.data, image.dims) });

  expect(network.outputs[0]?.dims).toEqual(expected.dims);
  expect(features?.dims).toEqual(expected.dims);
  expect(relativeError(features?.data as Float32Array, expected.data)).toBeLessThan(1e-4);
}
