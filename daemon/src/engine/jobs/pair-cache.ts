import { LRUCache } from 'lru-cache';
import type { AnchorField } from '../../correspond/agreement.js';

/** Pairs of images kept; each takes some tens of kilobytes. */
const PAIRS_KEPT = 256;

/** What was prepared for pairs of images, so that the next click on one of them is answered at once. */
export class PairCache {
  readonly #pairs = new LRUCache<string, Promise<AnchorField>>({ max: PAIRS_KEPT });

  /**
   * @param key what the pair depends on: backend, settings, and the content hashes of both images
   * @param prepare called where the pair is not here; a failure is not kept
   */
  get(key: readonly string[], prepare: () => Promise<AnchorField>): Promise<AnchorField> {
    const name = key.join(' ');
    const known = this.#pairs.get(name);
    if (known !== undefined) return known;
    const prepared = prepare();
    this.#pairs.set(name, prepared);
    prepared.catch(() => this.#pairs.delete(name));
    return prepared;
  }
}
