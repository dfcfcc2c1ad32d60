import { type Box, SamepointError } from '@samepoint/shared-protocol';
import { LRUCache } from 'lru-cache';
import { CPU_RUNTIME, type Runtime } from '../graph/runtime/runtime.js';
import { cropRgb } from '../images/crop.js';
import type { RgbImage } from '../images/decode.js';
import { isBlank } from '../images/is-blank.js';
import { type FeatureOrigin, featureKey, networkKey } from './cache/feature-key.js';
import type { FeatureStore, SizedMap } from './cache/feature-store.js';
import { closerSize, windowLook } from './closer-windows.js';
import type { DiffusionNetwork } from './dift.js';
import type { FeatureMap } from './feature-map.js';
import type { FeaturePyramid } from './feature-pyramid.js';
import { fusePyramids } from './fuse-maps.js';
import { firstLook, type Look, lookAt, lookCount } from './input-size.js';
import { lookFeatures, toFeatureMap } from './look-features.js';
import { NetworkPool } from './networks/network-pool.js';
import { openPart } from './networks/open-network.js';
import { type FeaturePlan, lookSettings, type PlanPart, stepsPerLook } from './plan/feature-plan.js';
import { blockOf, withBlock } from './presets.js';

/** Feature maps kept in memory. */
const CACHE_BYTES = 1024 * 1024 * 1024;

/** Networks with their conditions kept open; their weights lie in the pool. */
const NETWORKS_OPEN = 64;

/**
 * The one road from an image to its features, for every backend and for fusions: pixels → encoder → noise → network
 * → unit columns. Kept by content: features depend on image, weights and settings alone.
 */
export class FeatureSource {
  readonly #runtime: Runtime;
  readonly #pool: NetworkPool;
  readonly #store: FeatureStore | undefined;
  readonly #networks = new LRUCache<string, DiffusionNetwork>({ max: NETWORKS_OPEN });
  readonly #cache = new LRUCache<string, SizedMap>({
    maxSize: CACHE_BYTES,
    sizeCalculation: ({ map }) => map.chw.byteLength,
  });

  /** @param store keeps feature maps on disk; without one, they are kept in memory only */
  constructor(runtime: Runtime = CPU_RUNTIME, store?: FeatureStore) {
    this.#runtime = runtime;
    this.#pool = new NetworkPool(runtime);
    this.#store = store;
  }

  /**
   * @param imageId content hash of the encoded image
   * @param decode called only when a level has to be computed
   * @param onStep called with the number of steps done, of the plan's `steps` in all; also for what was kept
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
    for (let look = 0; look < lookCount(size); look++) {
      const at = (seen: RgbImage) => lookAt(size, look, seen, part.halvings);
      levels.push(await this.#level({ imageId, part, level: look }, image, at, onStep));
    }
    const [first] = levels;
    if (first === undefined) throw new Error('a preset has at least one look');
    const { width, height, blank } = first;
    const closer = {
      size: closerSize(size, part.halvings),
      window: (box: Box) => this.#window(imageId, image, part, box),
    };
    const maps = levels.map(({ map }) => map);
    const { noCounterpart, elements } = this.#network(part);
    return { width, height, blank, levels: maps, firstLook: firstLook(size), closer, noCounterpart, elements };
  }

  async #window(imageId: string, image: () => Promise<RgbImage>, part: PlanPart, box: Box): Promise<FeatureMap> {
    const { preset, halvings } = part;
    const at = (seen: RgbImage) => windowLook(preset.size, closerSize(preset.size, halvings), seen);
    const crop = async () => cropRgb(await image(), box);
    const { map } = await this.#level({ imageId, part, level: box }, crop, at, () => {});
    return map;
  }

  /** What is kept under the key, or else computed and kept, together with what else the same passes give. */
  async #level(
    origin: Omit<FeatureOrigin, 'target'>,
    image: () => Promise<RgbImage>,
    lookOf: (image: RgbImage) => Look,
    onStep: (steps: number) => void,
  ): Promise<SizedMap> {
    const { part } = origin;
    const key = this.#key(origin);
    const known = this.#cache.get(key) ?? (await this.#store?.get(key));
    if (known !== undefined) {
      onStep(stepsPerLook(part.preset));
      this.#cache.set(key, known);
      return known;
    }
    let own: SizedMap | undefined;
    const levels = await this.#compute(await image(), part, lookOf, () => onStep(1));
    for (const [n, blockPart] of partsOfPass(part).entries()) {
      const level = levels[n];
      if (level === undefined) throw new Error('a pass gives features of each of its blocks');
      const kept = await this.#keep(this.#key({ ...origin, part: blockPart }), level);
      if (blockOf(blockPart.preset) === blockOf(part.preset)) own = kept;
    }
    if (own === undefined) throw new Error('the block that is asked for is one of its pass');
    return own;
  }

  async #keep(key: string, computed: SizedMap): Promise<SizedMap> {
    const level = (await this.#store?.put(key, computed)) ?? computed;
    this.#cache.set(key, level);
    return level;
  }

  /** One level for each block of the part's pass. */
  async #compute(
    image: RgbImage,
    part: PlanPart,
    lookOf: (image: RgbImage) => Look,
    onStep: () => void,
  ): Promise<SizedMap[]> {
    const look = lookOf(image);
    const network = this.#network(part);
    const blocks = await lookFeatures(network, image, look, lookSettings(part), onStep).catch((thrown: unknown) => {
      throw thrown instanceof RangeError ? unfit(part, thrown) : thrown;
    });
    const { width, height } = image;
    const blank = isBlank(image);
    return blocks.map((features) => {
      const map = toFeatureMap(features, look, image);
      // kept, they would be wrong for ever
      if (!map.lengths?.every(Number.isFinite)) throw notNumbers(part);
      return { width, height, blank, map };
    });
  }

  #network(part: PlanPart): DiffusionNetwork {
    const key = JSON.stringify([networkKey(part), part.passBlocks]);
    const known = this.#networks.get(key);
    if (known !== undefined) return known;
    const network = openPart(part, this.#pool);
    this.#networks.set(key, network);
    return network;
  }

  #key(origin: Omit<FeatureOrigin, 'target'>): string {
    return featureKey({ ...origin, target: this.#runtime });
  }
}

/** A part for each block of its pass. */
function partsOfPass(part: PlanPart): PlanPart[] {
  const { passBlocks } = part;
  return passBlocks?.map((block) => ({ ...part, preset: withBlock(part.preset, block) })) ?? [part];
}

/** The network has no such block, or does not take such a size. */
function unfit({ preset: { backend, custom }, checkpoint }: PlanPart, { message }: RangeError): SamepointError {
  if (custom) {
    const network = checkpoint ?? backend;
    return new SamepointError(
      'BAD_REQUEST',
      `${network} cannot be run so: ${message}.`,
      'Choose --size, --t and --up-ft-index that fit it.',
    );
  }
  return new SamepointError(
    'MODEL_INVALID',
    `The weights registered for ${backend} are of another network: ${message}.`,
    `Run: samepoint models rm ${backend}, then: samepoint models pull ${backend}`,
  );
}

/** As damaged weights give them; where half precision does, the network has been loaded anew before. */
function notNumbers({ preset: { backend }, checkpoint }: PlanPart): SamepointError {
  if (checkpoint !== undefined) {
    const message = `The weights of ${checkpoint} give features that are no numbers.`;
    return new SamepointError('MODEL_INVALID', message, 'Get the checkpoint again.');
  }
  return new SamepointError(
    'MODEL_INVALID',
    `The weights registered for ${backend} give features that are no numbers.`,
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
