import { type Box, SamepointError } from '@samepoint/shared-protocol';
import { LRUCache } from 'lru-cache';
import { CPU_RUNTIME, type Runtime } from '../graph/runtime/runtime.js';
import type { RgbImage } from '../images/decode.js';
import { cropRgb, isBlank } from '../images/pixels.js';
import { type FeatureOrigin, featureKey, networkKey } from './cache/feature-key.js';
import type { FeatureStore, SizedMap } from './cache/feature-store.js';
import type { DiffusionNetwork } from './dift.js';
import type { FeatureMap } from './feature-map.js';
import type { FeaturePyramid } from './feature-pyramid.js';
import { fineSize, windowLevelSize } from './fine-windows.js';
import { fusePyramids } from './fuse-features.js';
import { baseLevel, type LevelSize, levelCount, levelSize } from './input-size.js';
import { levelFeatures, toFeatureMap } from './level-features.js';
import { NetworkPool } from './networks/network-pool.js';
import { openPart } from './networks/open-network.js';
import { type FeaturePlan, levelSettings, type PlanPart, stepsPerLevel } from './plan/feature-plan.js';
import { blockOf, withBlock } from './presets.js';

/** Memory for cached feature maps. */
const CACHE_BYTES = 1024 * 1024 * 1024;

/** Open networks, each with its prompt and timestep. The pool holds their weights. */
const MAX_OPEN_NETWORKS = 64;

/**
 * Computes and caches the features of images, for every backend and for fusions: pixels → encoder → noise → network →
 * descriptors. Features depend on image, weights and settings alone, and are cached by these.
 */
export class FeatureSource {
  readonly #runtime: Runtime;
  readonly #pool: NetworkPool;
  readonly #store: FeatureStore | undefined;
  readonly #networks = new LRUCache<string, DiffusionNetwork>({ max: MAX_OPEN_NETWORKS });
  readonly #cache = new LRUCache<string, SizedMap>({
    maxSize: CACHE_BYTES,
    sizeCalculation: ({ map }) => map.chw.byteLength,
  });

  /** @param store cache on disk; without one, feature maps are cached in memory only */
  constructor(runtime: Runtime = CPU_RUNTIME, store?: FeatureStore) {
    this.#runtime = runtime;
    this.#pool = new NetworkPool(runtime);
    this.#store = store;
  }

  /**
   * @param imageId key of the decoded pixels, a hash of the encoded image
   * @param decode called only when a level is not cached
   * @param onStep called with the number of steps done, also for cached levels; they add up to the plan's `steps`
   * @throws SamepointError `MODEL_MISSING`, `MODEL_INVALID`, `IMAGE_UNREADABLE`, `IMAGE_TOO_LARGE`
   */
  async pyramid(
    imageId: string,
    decode: () => Promise<RgbImage>,
    plan: FeaturePlan,
    onStep: (steps: number) => void = () => {},
  ): Promise<FeaturePyramid> {
    const image = once(decode);
    const parts = [];
    for (const part of plan.parts) {
      parts.push({ weight: part.weight, pyramid: await this.#partPyramid(imageId, image, part, onStep) });
    }
    const [only] = parts;
    return only !== undefined && parts.length === 1 ? only.pyramid : fusePyramids(parts);
  }

  /** Frees the memory of every network. */
  release(): Promise<void> {
    return this.#pool.release();
  }

  async #partPyramid(
    imageId: string,
    image: () => Promise<RgbImage>,
    part: PlanPart,
    onStep: (steps: number) => void,
  ): Promise<FeaturePyramid> {
    const { size } = part.preset;
    const levels: SizedMap[] = [];
    for (let level = 0; level < levelCount(size); level++) {
      const sizeOf = (decoded: RgbImage) => levelSize(size, level, decoded, part.downscaleSteps);
      levels.push(await this.#level({ imageId, part, level }, image, sizeOf, onStep));
    }
    const [first] = levels;
    if (first === undefined) throw new Error('a preset has at least one level');
    const { width, height, blank } = first;
    const fine = {
      size: fineSize(size, part.downscaleSteps),
      window: (box: Box) => this.#window(imageId, image, part, box),
    };
    const maps = levels.map(({ map }) => map);
    const { dustbin, elements } = this.#network(part);
    return { width, height, blank, levels: maps, baseLevel: baseLevel(size), fine, dustbin, elements };
  }

  async #window(imageId: string, image: () => Promise<RgbImage>, part: PlanPart, box: Box): Promise<FeatureMap> {
    const { preset, downscaleSteps } = part;
    const sizeOf = (window: RgbImage) => windowLevelSize(preset.size, fineSize(preset.size, downscaleSteps), window);
    const crop = async () => cropRgb(await image(), box);
    const { map } = await this.#level({ imageId, part, level: box }, crop, sizeOf, () => {});
    return map;
  }

  /** The cached level; otherwise computes and caches it, with the other blocks of the same passes. */
  async #level(
    origin: Omit<FeatureOrigin, 'target'>,
    image: () => Promise<RgbImage>,
    sizeOf: (image: RgbImage) => LevelSize,
    onStep: (steps: number) => void,
  ): Promise<SizedMap> {
    const { part } = origin;
    const key = this.#key(origin);
    const cached = this.#cache.get(key) ?? (await this.#store?.get(key));
    if (cached !== undefined) {
      onStep(stepsPerLevel(part.preset));
      this.#cache.set(key, cached);
      return cached;
    }
    let own: SizedMap | undefined;
    const levels = await this.#compute(await image(), part, sizeOf, () => onStep(1));
    for (const [n, blockPart] of blockParts(part).entries()) {
      const level = levels[n];
      if (level === undefined) throw new Error('every pass returns the features of all its blocks');
      const stored = await this.#putLevel(this.#key({ ...origin, part: blockPart }), level);
      if (blockOf(blockPart.preset) === blockOf(part.preset)) own = stored;
    }
    if (own === undefined) throw new Error('the blocks of a pass include the requested one');
    return own;
  }

  async #putLevel(key: string, computed: SizedMap): Promise<SizedMap> {
    const level = (await this.#store?.put(key, computed)) ?? computed;
    this.#cache.set(key, level);
    return level;
  }

  /** One level per block of the part. */
  async #compute(
    image: RgbImage,
    part: PlanPart,
    sizeOf: (image: RgbImage) => LevelSize,
    onStep: () => void,
  ): Promise<SizedMap[]> {
    const inputSize = sizeOf(image);
    const network = this.#network(part);
    const blocks = await levelFeatures(network, image, inputSize, levelSettings(part), onStep).catch(
      (thrown: unknown) => {
        throw thrown instanceof RangeError ? rejectedInput(part, thrown) : thrown;
      },
    );
    const { width, height } = image;
    const blank = isBlank(image);
    return blocks.map((features) => {
      const map = toFeatureMap(features, inputSize, image);
      // otherwise NaN would stay in the cache
      if (!map.lengths?.every(Number.isFinite)) throw notFinite(part);
      return { width, height, blank, map };
    });
  }

  #network(part: PlanPart): DiffusionNetwork {
    const key = JSON.stringify([networkKey(part), part.sharedBlocks]);
    const open = this.#networks.get(key);
    if (open !== undefined) return open;
    const network = openPart(part, this.#pool);
    this.#networks.set(key, network);
    return network;
  }

  #key(origin: Omit<FeatureOrigin, 'target'>): string {
    return featureKey({ ...origin, target: this.#runtime });
  }
}

/** One copy of the part per block that its passes return. */
function blockParts(part: PlanPart): PlanPart[] {
  const { sharedBlocks } = part;
  return sharedBlocks?.map((block) => ({ ...part, preset: withBlock(part.preset, block) })) ?? [part];
}

/** The network has no such block, or rejects this size. */
function rejectedInput({ preset: { backend, custom }, checkpoint }: PlanPart, { message }: RangeError): SamepointError {
  if (custom) {
    const network = checkpoint ?? backend;
    return new SamepointError(
      'BAD_REQUEST',
      `${network} does not run with these settings: ${message}.`,
      'Change --size, --t or --up-ft-index.',
    );
  }
  return new SamepointError(
    'MODEL_INVALID',
    `The weights registered for ${backend} belong to another network: ${message}.`,
    `Run: samepoint models rm ${backend}, then: samepoint models pull ${backend}`,
  );
}

/** A sign of damaged weights. Overflow in half precision is excluded: `load` falls back to single precision. */
function notFinite({ preset: { backend }, checkpoint }: PlanPart): SamepointError {
  if (checkpoint !== undefined) {
    const message = `The weights of ${checkpoint} produce features that are not finite.`;
    return new SamepointError('MODEL_INVALID', message, 'Get the checkpoint again.');
  }
  return new SamepointError(
    'MODEL_INVALID',
    `The weights registered for ${backend} produce features that are not finite.`,
    `Run: samepoint models verify ${backend}`,
  );
}

function once<T>(create: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: create() };
    return made.value;
  };
}
