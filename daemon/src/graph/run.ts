import type { InferenceSession } from 'onnxruntime-node';
import type { CompiledNetwork } from './compile.js';
import type { Precision, Runtime } from './runtime.js';
import { createSession, ort } from './session.js';

/** Values with their shape, row-major. */
export interface NdArray {
  dims: readonly number[];
  data: Float32Array;
}

type Feed = NdArray | { dims: readonly number[]; data: BigInt64Array };

/** A compiled network, loaded. */
export interface LoadedNetwork {
  /** @returns the named output */
  run(feeds: Record<string, Feed>, output: string): Promise<NdArray>;
  runAll(feeds: Record<string, Feed>): Promise<Record<string, NdArray>>;
  /** Frees the memory of the weights. */
  release(): Promise<void>;
}

/** Compiles a network for a precision; called again where the first one does not do. */
export type CompileAt = (precision: Precision) => CompiledNetwork;

/** Compiles a network for `runtime` and loads it there. */
export async function load(runtime: Runtime, compileAt: CompileAt): Promise<LoadedNetwork> {
  const session = await createSession(compileAt(runtime.precision));
  const runAll = async (feeds: Record<string, Feed>) => toArrays(await session.run(toTensors(feeds)));
  return {
    runAll,
    run: async (feeds, output) => {
      const found = (await runAll(feeds))[output];
      if (found === undefined) throw new Error(`the network has no output "${output}"`);
      return found;
    },
    release: () => session.release(),
  };
}

/** Loads a network, runs it once, and frees it. */
export async function runOnce(
  runtime: Runtime,
  compileAt: CompileAt,
  feeds: Record<string, Feed>,
): Promise<Record<string, NdArray>> {
  const loaded = await load(runtime, compileAt);
  try {
    return await loaded.runAll(feeds);
  } finally {
    await loaded.release();
  }
}

function toTensors(feeds: Record<string, Feed>) {
  return Object.fromEntries(
    Object.entries(feeds).map(([name, { data, dims }]) => [
      name,
      data instanceof Float32Array ? new ort.Tensor('float32', data, dims) : new ort.Tensor('int64', data, dims),
    ]),
  );
}

function toArrays(outputs: InferenceSession.OnnxValueMapType): Record<string, NdArray> {
  return Object.fromEntries(
    Object.entries(outputs).map(([name, { data, dims }]) => {
      if (!(data instanceof Float32Array)) throw new TypeError(`the output "${name}" is not float32`);
      return [name, { data, dims }];
    }),
  );
}
