import { LRUCache } from 'lru-cache';
import { CPU_RUNTIME, type Runtime } from '../graph/runtime.js';
import type { RgbImage } from '../images/decode.js';
import { isBlank } from '../images/is-blank.js';
import { EMBEDDED_UI_MODEL } from '../models/embedded.js';
import { FeatureExtractor } from './feature-extractor.js';
import type { FeatureMap } from './feature-map.js';
import { type BackendId, PRESETS } from './presets.js';

/** Feature maps kept in memory. */
const CACHE_BYTES = 1024 * 1024 * 1024;

/** The same image seen at every size of a preset, the smallest first. */
export interface FeaturePyramid {
  width: number;
  height: number;
  levels: readonly FeatureMap[];
  /** Index of the level that a single look would take. */
  firstLook: number;
  /** The image is of one colour; its features say nothing but where the edges are. */
  blank: boolean;
}

/** A feature map with the size of the image it was made from, in pixels. */
interface SizedMap {
  width: number;
  height: number;
  blank: boolean;
  map: FeatureMap;
}

/** Makes feature pyramids and keeps them by content: features depend on image, backend and preset alone. */
export class FeatureSource {
  readonly #runtime: Runtime;
  readonly #extractors = new Map<BackendId, FeatureExtractor>();
  readonly #cache = new LRUCache<string, SizedMap>({
    maxSize: CACHE_BYTES,
    sizeCalculation: ({ map }) => map.chw.byteLength,
  });

  constructor(runtime: Runtime = CPU_RUNTIME) {
    this.#runtime = runtime;
  }

  /**
   * @param imageId content hash of the encoded image
   * @param decode called only when a level has to be computed
   * @param onLevel called after each level, also for those that were kept
   * @throws SamepointError `MODEL_INVALID`, `IMAGE_UNREADABLE`, `IMAGE_TOO_LARGE`
   */
  async pyramid(
    imageId: string,
    decode: () => Promise<RgbImage>,
    backend: BackendId,
    onLevel: () => void = () => {},
  ): Promise<FeaturePyramid> {
    const image = once(decode);
    const levels: SizedMap[] = [];
    for (const longSide of PRESETS[backend].longSides) {
      const key = `${backend} ${longSide} ${imageId}`;
      const known = this.#cache.get(key);
      const level = known ?? (await this.#extract(await image(), backend, longSide));
      this.#cache.set(key, level);
      levels.push(level);
      onLevel();
    }
    const { longSides, firstLook: firstSide } = PRESETS[backend];
    const firstLook = longSides.indexOf(firstSide);
    const [first] = levels;
    if (first === undefined) throw new Error(`the preset of ${backend} has no sizes`);
    const { width, height, blank } = first;
    return { width, height, blank, levels: levels.map(({ map }) => map), firstLook };
  }

  async #extract(image: RgbImage, backend: BackendId, longSide: number): Promise<SizedMap> {
    const map = await this.#extractor(backend).extract(image, longSide);
    return { width: image.width, height: image.height, blank: isBlank(image), map };
  }

  #extractor(backend: BackendId): FeatureExtractor {
    const known = this.#extractors.get(backend);
    if (known !== undefined) return known;
    const extractor = new FeatureExtractor(EMBEDDED_UI_MODEL, PRESETS[backend].bucketPx, this.#runtime);
    this.#extractors.set(backend, extractor);
    return extractor;
  }
}

function once<T>(create: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: create() };
    return made.value;
  };
}
