import { SamepointError } from '@samepoint/shared-protocol';
import type { InferenceSession } from 'onnxruntime-node';
import type { CompiledNetwork } from '../compile.js';
import { createProfiledSession } from './profile.js';
import type { GraphTarget, Placement, Precision, Runtime } from './runtime.js';
import { createSession, ort } from './session.js';

/** Values with their shape, row-major. */
export interface NdArray {
  dims: readonly number[];
  data: Float32Array;
}

type Feed = NdArray | { dims: readonly number[]; data: BigInt64Array };
type Feeds = Record<string, Feed>;
type Outputs = Record<string, NdArray>;

/** A compiled network, loaded. */
export interface LoadedNetwork {
  /** @returns the named output */
  run(feeds: Feeds, output: string): Promise<NdArray>;
  runAll(feeds: Feeds): Promise<Outputs>;
  /** Frees the memory of the weights. */
  release(): Promise<void>;
}

/** Compiles a network for a provider and precision; called again to fall back to float32. */
export type CompileAt = (target: GraphTarget) => CompiledNetwork;

/**
 * Compiles a network for `runtime` and loads it. A float16 network is reloaded in float32 once a result is not finite, since
 * half precision may overflow for some images only.
 * @throws SamepointError `GPU_OUT_OF_MEMORY`, also in later runs
 */
export async function load(runtime: Runtime, compileAt: CompileAt): Promise<LoadedNetwork> {
  return new NetworkOnRuntime(runtime, compileAt, await open(runtime, compileAt, runtime));
}

/** Loads a network, runs it once, and frees it. */
export async function runOnce(runtime: Runtime, compileAt: CompileAt, feeds: Feeds): Promise<Outputs> {
  const loaded = await load(runtime, compileAt);
  try {
    return await loaded.runAll(feeds);
  } finally {
    await loaded.release();
  }
}

class NetworkOnRuntime implements LoadedNetwork {
  readonly #runtime: Runtime;
  readonly #compileAt: CompileAt;
  /** Undefined after a failure to reload. */
  #opened: OpenNetwork | undefined;
  #precision: Precision;

  constructor(runtime: Runtime, compileAt: CompileAt, opened: OpenNetwork) {
    this.#runtime = runtime;
    this.#compileAt = compileAt;
    this.#opened = opened;
    this.#precision = runtime.precision;
  }

  async runAll(feeds: Feeds): Promise<Outputs> {
    const target = { ...this.#runtime, precision: this.#precision };
    this.#opened ??= await open(this.#runtime, this.#compileAt, target);
    const outputs = await this.#opened.run(feeds);
    if (this.#precision === 'float32' || Object.values(outputs).every(isAllFinite)) return outputs;
    await this.release();
    this.#runtime.notify('This network overflows in half precision; using float32, which is slower.');
    this.#precision = 'float32';
    return this.runAll(feeds);
  }

  async run(feeds: Feeds, output: string): Promise<NdArray> {
    const found = (await this.runAll(feeds))[output];
    if (found === undefined) throw new Error(`the network has no output "${output}"`);
    return found;
  }

  async release(): Promise<void> {
    const opened = this.#opened;
    this.#opened = undefined;
    await opened?.release();
  }
}

interface OpenNetwork {
  run(feeds: Feeds): Promise<Outputs>;
  release(): Promise<void>;
}

/** Loads a network for one target. On GPU providers, the first run is profiled. */
async function open(runtime: Runtime, compileAt: CompileAt, target: GraphTarget): Promise<OpenNetwork> {
  const network = compileAt(target);
  const { session, placement } = await loadSession(network, { ...target, deviceId: runtime.deviceId }).catch(
    (thrown: unknown) => {
      throw asOutOfMemory(thrown);
    },
  );
  let pending = placement;
  const takePlacement = (): Placement | undefined => {
    const placed = pending?.();
    pending = undefined;
    return placed;
  };
  return {
    run: async (feeds) => {
      try {
        return toArrays(await session.run(toTensors(feeds)));
      } catch (thrown) {
        throw asOutOfMemory(thrown);
      } finally {
        const placed = takePlacement();
        if (placed !== undefined) runtime.onPlacement?.(placed);
      }
    },
    release: () => {
      takePlacement();
      return session.release();
    },
  };
}

async function loadSession(
  network: CompiledNetwork,
  at: GraphTarget & { deviceId: number | undefined },
): Promise<{ session: InferenceSession; placement?: () => Placement }> {
  return at.provider === 'cpu' ? { session: await createSession(network) } : createProfiledSession(network, at);
}

function isAllFinite({ data }: NdArray): boolean {
  return data.every(Number.isFinite);
}

function toTensors(feeds: Feeds) {
  return Object.fromEntries(
    Object.entries(feeds).map(([name, { data, dims }]) => [
      name,
      data instanceof Float32Array ? new ort.Tensor('float32', data, dims) : new ort.Tensor('int64', data, dims),
    ]),
  );
}

function toArrays(outputs: InferenceSession.OnnxValueMapType): Outputs {
  return Object.fromEntries(
    Object.entries(outputs).map(([name, { data, dims }]) => {
      if (!(data instanceof Float32Array)) throw new TypeError(`the output "${name}" is not float32`);
      return [name, { data, dims }];
    }),
  );
}

/** Messages of ONNX Runtime's providers and of drivers when memory runs out. */
const OUT_OF_MEMORY_MESSAGES: readonly RegExp[] = [
  /out of memory/i, // CUDA, Dawn
  /out_?of_?(device_|host_|pool_)?memory/i, // Vulkan: VK_ERROR_OUT_OF_DEVICE_MEMORY, Direct3D: E_OUTOFMEMORY
  /8007000E|not enough memory/i, // DirectML
  /failed to allocate memory/i, // ONNX Runtime's arenas, CoreML
  /STATUS_ALLOC_FAILED/, // cuBLAS, cuDNN
  /exceeds the max(imum)? (storage )?buffer/i, // WebGPU's limits, which a smaller size meets
  /bad[_ ]alloc/i, // the C++ library
];

/** `GPU_OUT_OF_MEMORY` if `thrown` reports a lack of memory, else `thrown` itself. */
export function asOutOfMemory(thrown: unknown): unknown {
  if (thrown instanceof SamepointError || !(thrown instanceof Error)) return thrown;
  if (!OUT_OF_MEMORY_MESSAGES.some((pattern) => pattern.test(thrown.message))) return thrown;
  return new SamepointError(
    'GPU_OUT_OF_MEMORY',
    'The device does not have enough free memory for this network at this size.',
    'Close other programs that use the device, choose a smaller size, or add --provider cpu.',
  );
}
