import { availableParallelism } from 'node:os';
import { LRUCache } from 'lru-cache';
import type { InferenceSession } from 'onnxruntime-node';
import { executionProvider, type Provider } from './runtime.js';

// set both before loading ONNX Runtime
process.env.ORT_DISABLE_TELEMETRY = '1';
// number CUDA devices like nvidia-smi, not by estimated speed
process.env.CUDA_DEVICE_ORDER ??= 'PCI_BUS_ID';
const ortModule = await import('onnxruntime-node');

/** ONNX Runtime with telemetry off. Import it from here only. */
export const ort = ortModule;

/** ModelProto bytes, and the folder of its external weights, if any. */
export interface Graph {
  model: Uint8Array;
  weightsFolder?: string;
  /** Number of external weights; default 0. */
  weightCount?: number;
  /** Number of nodes, before ONNX Runtime fuses any. */
  nodeCount?: number;
}

/**
 * Largest graph with ONNX Runtime's blocked layout (NCHWc) for convolutions on the CPU. It saves 17 % of processor time for
 * Stable Diffusion's VAE (34 million weights) and 5 % for its U-Net (774 million). But loading then holds the weights twice:
 * the U-Net needs 5.3 GB instead of 3.3 GB and 2.7 times the load time, which 20 runs do not recover.
 */
const BLOCKED_LAYOUT_MAX_WEIGHTS = 100_000_000;

/**
 * Graphs within these limits keep the memory of activations between runs (ONNX Runtime's arena). That saves 8 % of the time
 * of the embedded network (7 million weights). Above, the arena of the VAE would fill memory while the U-Net runs (4.1 GB
 * instead of 3.5 GB at 512 px). Below are matching graphs, one per shape of map: after twelve frame sizes their arenas held
 * 0.9 GB. Neither gets measurably faster.
 */
const ARENA_WEIGHTS = { least: 5_000_000, most: 20_000_000 };

export interface SessionOptions {
  /** Default: the CPU. ONNX Runtime silently runs unsupported nodes on the CPU. */
  provider?: Provider;
  /** See {@link executionProvider}. */
  deviceId?: number | undefined;
  /** Prefix of the profile's file name; `endProfiling` writes it. */
  profilePrefix?: string;
}

/**
 * Creates a session whose threads sleep between runs. Spinning threads of idle sessions would take cores from the running one.
 */
export function createSession(
  { model, weightsFolder, weightCount = 0 }: Graph,
  { provider = 'cpu', deviceId, profilePrefix }: SessionOptions = {},
) {
  return ort.InferenceSession.create(model, {
    executionProviders: [executionProvider(provider, deviceId)],
    intraOpNumThreads: availableParallelism(),
    // DirectML does not support memory patterns
    enableMemPattern: provider !== 'dml',
    enableCpuMemArena: weightCount >= ARENA_WEIGHTS.least && weightCount <= ARENA_WEIGHTS.most,
    graphOptimizationLevel: provider === 'cpu' && weightCount > BLOCKED_LAYOUT_MAX_WEIGHTS ? 'extended' : 'all',
    ...(profilePrefix === undefined ? {} : { enableProfiling: true, profileFilePrefix: profilePrefix }),
    extra: {
      session: {
        intra_op: { allow_spinning: '0' },
        ...(weightsFolder === undefined ? {} : { model_external_initializers_file_folder_path: weightsFolder }),
      },
    },
  });
}

/** Cache of sessions by key; releases the least recently used. */
export class SessionCache {
  readonly #sessions: LRUCache<string, Promise<InferenceSession>>;

  /** @param max number of sessions */
  constructor(max: number) {
    this.#sessions = new LRUCache({
      max,
      // free memory now rather than at garbage collection
      dispose: (session) => void session.then((it) => it.release()).catch(() => {}),
    });
  }

  /** The session for `key`, created from `compile` if missing. Failures are not cached. */
  get(key: string, compile: () => Graph): Promise<InferenceSession> {
    const cached = this.#sessions.get(key);
    if (cached !== undefined) return cached;
    const session = createSession(compile());
    this.#sessions.set(key, session);
    session.catch(() => this.#sessions.delete(key));
    return session;
  }
}
