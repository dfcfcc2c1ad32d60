import { totalmem } from 'node:os';
import { SamepointError } from '@samepoint/shared-protocol';
import { type CompileAt, type LoadedNetwork, load, type NdArray } from '../../graph/runtime/run.js';
import type { Runtime } from '../../graph/runtime/runtime.js';
import type { Checkpoint } from '../../graph/weights/checkpoint.js';
import { fileIdentity } from './model-files.js';

/**
 * Limits of what stays loaded: the number of networks, and the share of device memory that their weights may fill. Stable
 * Diffusion 2.1 at 512×512 on the CPU needs 3.4 GB for the U-Net, 5.4 GB while it loads, and 6.0 GB if the VAE stays
 * loaded. So the VAE is released before the U-Net loads on a machine with 8 GB, and stays on one with 16 GB.
 */
const LIMITS = { networks: 12, shareOfMemory: 0.4 };

const BYTES_PER_WEIGHT = { float32: 4, float16: 2 } as const;

type Feeds = Parameters<LoadedNetwork['runAll']>[0];

/** A network for one input size. */
export interface PoolEntry {
  key: GraphKey;
  /** Upper bound of the number of weights in the graph. */
  weights: number;
  compileAt: CompileAt;
}

/** Memory for the weights of all loaded networks, in bytes. */
export function budgetOf({ memoryBytes }: Pick<Runtime, 'memoryBytes'>): number {
  return LIMITS.shareOfMemory * (memoryBytes ?? totalmem());
}

/** Identity of a graph: `weights` of its weights alone, `graph` of everything it is compiled from. */
export interface GraphKey {
  weights: string;
  graph: string;
}

/** @param settings everything else that the graph depends on: configuration, input shape, timestep, blocks */
export function graphKey(network: string, { path }: Checkpoint, ...settings: readonly unknown[]): GraphKey {
  const weights = JSON.stringify([network, fileIdentity(path)]);
  return { weights, graph: JSON.stringify([weights, ...settings]) };
}

/**
 * Networks that stay loaded between images. The least recently used ones are released before another one loads, so that
 * peak memory stays within the budget. Runs are serialised, so no network is released while it runs.
 */
export class NetworkPool {
  readonly #runtime: Runtime;
  readonly #budgetBytes: number;
  /** Ordered by last use. */
  readonly #loaded = new Map<string, { network: LoadedNetwork; bytes: number; weights: string }>();
  #lastRun: Promise<unknown> = Promise.resolve();

  constructor(runtime: Runtime, budgetBytes: number = budgetOf(runtime)) {
    this.#runtime = runtime;
    this.#budgetBytes = budgetBytes;
  }

  /**
   * Runs the network, and loads it first if needed. When the device runs out of memory, releases all other networks and
   * tries once more: free GPU memory is unknown in advance.
   */
  run(entry: PoolEntry, feeds: Feeds): Promise<Record<string, NdArray>> {
    return this.#serialise(async () => {
      try {
        return await (await this.#get(entry)).runAll(feeds);
      } catch (thrown) {
        const alone = [...this.#loaded.keys()].every((graph) => graph === entry.key.graph);
        if (alone || !(thrown instanceof SamepointError) || thrown.code !== 'GPU_OUT_OF_MEMORY') throw thrown;
        await this.#makeRoom(Number.POSITIVE_INFINITY);
        return (await this.#get(entry)).runAll(feeds);
      }
    });
  }

  /** Frees all memory. */
  release(): Promise<void> {
    return this.#serialise(() => this.#makeRoom(Number.POSITIVE_INFINITY));
  }

  async #get({ key, weights, compileAt }: PoolEntry): Promise<LoadedNetwork> {
    const loaded = this.#loaded.get(key.graph);
    if (loaded !== undefined) {
      this.#loaded.delete(key.graph);
      this.#loaded.set(key.graph, loaded);
      return loaded.network;
    }
    const bytes = weights * BYTES_PER_WEIGHT[this.#runtime.precision];
    await this.#makeRoom(bytes, key.weights);
    const network = await load(this.#runtime, compileAt);
    this.#loaded.set(key.graph, { network, bytes, weights: key.weights });
    return network;
  }

  /**
   * Releases networks until another one of `bytes` fits, or none is left. Graphs of the same weights for another input size
   * come first: they would hold the weights twice.
   */
  async #makeRoom(bytes: number, weights?: string): Promise<void> {
    const inOrder = [...this.#loaded];
    const sameFirst = [
      ...inOrder.filter(([, loaded]) => loaded.weights === weights),
      ...inOrder.filter(([, loaded]) => loaded.weights !== weights),
    ];
    for (const [graph, { network }] of sameFirst) {
      const used = [...this.#loaded.values()].reduce((sum, entry) => sum + entry.bytes, 0);
      if (this.#loaded.size < LIMITS.networks && used + bytes <= this.#budgetBytes) return;
      this.#loaded.delete(graph);
      await network.release();
    }
  }

  #serialise<T>(act: () => Promise<T>): Promise<T> {
    const done = this.#lastRun.then(act);
    this.#lastRun = done.catch(() => {});
    return done;
  }
}
