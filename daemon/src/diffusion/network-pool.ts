import { totalmem } from 'node:os';
import { SamepointError } from '@samepoint/shared-protocol';
import type { Checkpoint } from '../graph/checkpoint.js';
import { type CompileAt, type LoadedNetwork, load, type NdArray } from '../graph/run.js';
import type { Runtime } from '../graph/runtime.js';
import { fileIdentity } from './model-files.js';

/**
 * What may be loaded at once, the memory as that of weights. Measured with Stable Diffusion 2.1 at 512×512 on the CPU: the
 * U-Net's weights take 3.4 GB for each input size, and 5.4 GB while they are loaded; 6.0 GB where the VAE stays. So with 8 GB
 * of memory the VAE goes before the U-Net comes, and with 16 GB it stays.
 */
const LIMITS = { networks: 12, shareOfMemory: 0.4 };

const BYTES_PER_WEIGHT = { float32: 4, float16: 2 } as const;

type Feeds = Parameters<LoadedNetwork['runAll']>[0];

/** A network for one size of its input. */
export interface PoolEntry {
  /** Same key, same graph. */
  key: string;
  /** How many weights the graph holds, at most. */
  weights: number;
  compileAt: CompileAt;
}

/** The key of a graph: whose weights it takes, and everything else that it is written from. */
export function graphKey(network: string, { path }: Checkpoint, ...writtenFrom: readonly unknown[]): string {
  return JSON.stringify([network, fileIdentity(path), ...writtenFrom]);
}

/**
 * Networks that stay loaded between images. The least recently used go before another one comes, so that the two are
 * never in memory together unless both fit. Runs take turns: a network is never released under a run.
 */
export class NetworkPool {
  readonly #runtime: Runtime;
  readonly #budgetBytes: number;
  /** In the order of their last use. */
  readonly #loaded = new Map<string, { network: LoadedNetwork; bytes: number }>();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(runtime: Runtime, budgetBytes: number = LIMITS.shareOfMemory * totalmem()) {
    this.#runtime = runtime;
    this.#budgetBytes = budgetBytes;
  }

  /**
   * Loads the network if it is not there and runs it. A failure to load is not kept: the next run tries again. How much
   * memory a GPU has is not known before it runs out; then the other networks go, and it is tried once more.
   */
  run(entry: PoolEntry, feeds: Feeds): Promise<Record<string, NdArray>> {
    return this.#inTurn(async () => {
      try {
        return await (await this.#get(entry)).runAll(feeds);
      } catch (thrown) {
        const alone = [...this.#loaded.keys()].every((key) => key === entry.key);
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
    const known = this.#loaded.get(key);
    if (known !== undefined) {
      this.#loaded.delete(key);
      this.#loaded.set(key, known);
      return known.network;
    }
    const bytes = weights * BYTES_PER_WEIGHT[this.#runtime.precision];
    await this.#makeRoom(bytes);
    const network = await load(this.#runtime, compileAt);
    this.#loaded.set(key, { network, bytes });
    return network;
  }

  /** Releases networks until another one of `bytes` fits, or none is left. */
  async #makeRoom(bytes: number): Promise<void> {
    for (const [key, { network }] of this.#loaded) {
      const used = [...this.#loaded.values()].reduce((sum, entry) => sum + entry.bytes, 0);
      if (this.#loaded.size < LIMITS.networks && used + bytes <= this.#budgetBytes) return;
      this.#loaded.delete(key);
      await network.release();
    }
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(act);
    this.#turn = done.catch(() => {});
    return done;
  }
}
