import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { RgbImage } from '../images/decode.js';
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
}

/** Makes feature pyramids and keeps them by content: features depend on image, backend and preset alone. */
export class FeatureSource {
  readonly #extractors = new Map<BackendId, FeatureExtractor>();
  readonly #cache = new LRUCache<string, FeatureMap>({
    maxSize: CACHE_BYTES,
    sizeCalculation: (map) => map.chw.byteLength,
  });

  /**
   * @param onLevel called after each level, also for those that were kept
   * @throws SamepointError `MODEL_INVALID`
   */
  async pyramid(image: RgbImage, backend: BackendId, onLevel: () => void = () => {}): Promise<FeaturePyramid> {
    const content = createHash('sha256').update(`${image.width}×${image.height} `).update(image.rgb).digest('hex');
    const levels: FeatureMap[] = [];
    for (const longSide of PRESETS[backend].longSides) {
      const key = `${backend} ${longSide} ${content}`;
      const map = this.#cache.get(key) ?? (await this.#extractor(backend).extract(image, longSide));
      this.#cache.set(key, map);
      levels.push(map);
      onLevel();
    }
    return { width: image.width, height: image.height, levels };
  }

  #extractor(backend: BackendId): FeatureExtractor {
    const known = this.#extractors.get(backend);
    if (known !== undefined) return known;
    const extractor = new FeatureExtractor(EMBEDDED_UI_MODEL, PRESETS[backend].bucketPx);
    this.#extractors.set(backend, extractor);
    return extractor;
  }
}
