import { totalmem } from 'node:os';
import { SamepointError } from '@samepoint/shared-protocol';
import { type CompileAt, type LoadedNetwork, load, type NdArray } from '../../graph/runtime/run.js';
import type { Runtime } from '../../graph/runtime/runtime.js';
import type { Checkpoint } from '../../graph/weights/checkpoint.js';
import { fileIdentity } from './model-files.js';

/**
 * What may be loaded at once, the memory as that of weights, a share of that of the device. Measured with Stable Diffusion
 * 2.1 at 512×512 on the CPU: the U-Net's weights take 3.4 GB for each input size, and 5.4 GB while they are loaded; 6.0 GB
 * where the VAE stays. So with 8 GB of memory the VAE goes before the U-Net comes, and with 16 GB it stays.
 */
const LIMITS = { networks: 12, shareOfMemory: 0.4 };

const BYTES_PER_WEIGHT = { float32: 4, float16: 2 } as const;

type Feeds = Parameters<LoadedNetwork['runAll']>[0];

/** A network for one size of its input. */
export interface PoolEntry {
  key: GraphKey;
  /** How many weights the graph holds, at most. */
  weights: number;
  compileAt: CompileAt;
}

/** Bytes of weights that networks may hold together where `runtime` runs them. */
export function budgetOf({ memoryBytes }: Pick<Runtime, 'memoryBytes'>): number {
  return LIMITS.shareOfMemory * (memoryBytes ?? totalmem());
}

/** Which graph it is: `weights` identifies its weights, `graph` those and everything else that it is written from. */
export interface GraphKey {
  weights: string;
  graph: string;
}

/** @param writtenFrom everything that the graph depends on besides the network and its weights */
export function graphKey(network: string, { path }: Checkpoint, ...writtenFrom: readonly unknown[]): GraphKey {
  const weights = JSON.stringify([network, fileIdentity(path)]);
  return { weights, graph: JSON.stringify([weights, ...writtenFrom]) };
}

/**
 * Networks that stay loaded between images. The least recently used go before another one comes, so that the two are
 * never in memory together unless both fit. Runs take turns: a network is never released under a run.
 */
export class NetworkPool {
  readonly #runtime: Runtime;
  readonly #budgetBytes: number;
  /** In the order of their last use. */
  readonly #loaded = new Map<string, { network: LoadedNetwork; bytes: number; weights: string }>();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(runtime: Runtime, budgetBytes: number = budgetOf(runtime)) {
    this.#runtime = runtime;
    this.#budgetBytes = budgetBytes;
  }

  /**
   * Loads the network if it is not there and runs it. A failure to load is not kept: the next run tries again. How much
   * memory of a GPU is free is not known before it runs out; then the other networks go, and it is tried once more.
   */
  run(entry: PoolEntry, feeds: Feeds): Promise<Record<string, NdArray>> {
    return this.#inTurn(async () => {
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
    return this.#inTurn(() => this.#makeRoom(Number.POSITIVE_INFINITY));
  }

  async #get({ key, weights, compileAt }: PoolEntry): Promise<LoadedNetwork> {
    const known = this.#loaded.get(key.graph);
    if (known !== undefined) {
      this.#loaded.delete(key.graph);
      this.#loaded.set(key.graph, known);
      return known.network;
    }
    const bytes = weights * BYTES_PER_WEIGHT[this.#runtime.precision];
    await this.#makeRoom(bytes, key.weights);
    const network = await load(this.#runtime, compileAt);
    this.#loaded.set(key.graph, { network, bytes, weights: key.weights });
    return network;
  }

  /**
   * Releases networks until another one of `bytes` fits, or none is left. Those with the same weights for another size go
   * first: they hold what comes twice.
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

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(act);
    this.#turn = done.catch(() => {});
    return done;
  }
}
