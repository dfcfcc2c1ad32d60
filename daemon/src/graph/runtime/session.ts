import { availableParallelism } from 'node:os';
import { LRUCache } from 'lru-cache';
import type { InferenceSession } from 'onnxruntime-node';
import { executionProvider, type Provider } from './runtime.js';

// both must be set before ONNX Runtime is loaded
process.env.ORT_DISABLE_TELEMETRY = '1';
// CUDA counts devices as nvidia-smi does, not by its own guess of their speed
process.env.CUDA_DEVICE_ORDER ??= 'PCI_BUS_ID';
const ortModule = await import('onnxruntime-node');

/** ONNX Runtime, loaded with telemetry off. Every other file takes it from here. */
export const ort = ortModule;

/** What a session needs: ModelProto bytes, and where its external weights lie if it has any. */
export interface Graph {
  model: Uint8Array;
  weightsFolder?: string;
  /** How many numbers those weights are; 0 if not given. */
  weightCount?: number;
  /** How many nodes the graph has, before ONNX Runtime fuses any. */
  nodeCount?: number;
}

/**
 * Above this, convolutions on the CPU are not given ONNX Runtime's blocked layout (NCHWc). With it Stable Diffusion's VAE
 * (34 million weights) takes 17 % less processor time, its U-Net (774 million) 5 % less; but while it loads, their weights
 * are held twice, which takes the U-Net 5.3 GB instead of 3.3 and 2.7 times as long: more than 20 runs win back.
 */
const BLOCKED_LAYOUT_MAX_WEIGHTS = 100_000_000;

/**
 * Above this, memory of activations goes back to the system when it is free. Kept for the next run, as ONNX Runtime does
 * otherwise, that of the VAE is still there when the U-Net runs: 4.1 GB instead of 3.5 at 512 px, for no time that could
 * be measured in either. In the embedded network (7 million weights) keeping it saves 8 %. Nor is it kept below, of graphs
 * that match, without weights or with few: there is one for every shape of map, and after twelve sizes of frames they held
 * 0.9 GB of 3.7, for no time that could be measured.
 */
const ARENA_WEIGHTS = { least: 5_000_000, most: 20_000_000 };

export interface SessionOptions {
  /** Default: the CPU. What it cannot run, ONNX Runtime gives to the CPU without a word. */
  provider?: Provider;
  /** See {@link executionProvider}. */
  deviceId?: number | undefined;
  /** Writes a profile to a file whose name begins so, when `endProfiling` is called. */
  profilePrefix?: string;
}

/**
 * Creates a session. Its threads sleep between runs: many sessions take turns here, and threads that spin
 * for the next run take the cores from the one that is running.
 */
export function createSession(
  { model, weightsFolder, weightCount = 0 }: Graph,
  { provider = 'cpu', deviceId, profilePrefix }: SessionOptions = {},
) {
  return ort.InferenceSession.create(model, {
    executionProviders: [executionProvider(provider, deviceId)],
    intraOpNumThreads: availableParallelism(),
    // DirectML refuses memory patterns
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

/** Sessions by what they were compiled for; the least recently used are released. */
export class SessionCache {
  readonly #sessions: LRUCache<string, Promise<InferenceSession>>;

  /** @param kept how many sessions at most */
  constructor(kept: number) {
    this.#sessions = new LRUCache({
      max: kept,
      // memory comes back at once, not when the garbage collector finds the session
      dispose: (session) => void session.then((it) => it.release()).catch(() => {}),
    });
  }

  /** The session for `key`, made from `compile` where there is none. A failure is not kept: the next job tries again. */
  get(key: string, compile: () => Graph): Promise<InferenceSession> {
    const known = this.#sessions.get(key);
    if (known !== undefined) return known;
    const session = createSession(compile());
    this.#sessions.set(key, session);
    session.catch(() => this.#sessions.delete(key));
    return session;
  }
}
