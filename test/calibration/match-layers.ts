import type { Item, Placement, Point } from '@samepoint/shared-protocol';
import { type ElementScores, matchElements, withMargins } from '../../daemon/src/correspond/match-elements.js';
import { type Match, matchPoints } from '../../daemon/src/correspond/match-points.js';
import { DEFAULT_SETTINGS, type MatchSettings, settingsFor } from '../../daemon/src/correspond/match-settings.js';
import { Matcher } from '../../daemon/src/correspond/matcher.js';
import { placeItems, prepareItems } from '../../daemon/src/transfer/place-items.js';
import { layoutDirection } from '../../daemon/src/transfer/rtl-layout.js';
import { EmbeddedFeatures, hashOf, hashOfImage } from './embedded-features.js';
import { KeptLines } from './keep-lines.js';
import type { LayerPair } from './layer-pair.js';

/** To be raised whenever points are matched, or parts compared, in another way. */
const KEPT_VERSION = 4;

/** What the network says of a pair, whatever is done with it. */
interface Seen {
  /** By their point, as text. */
  matches: { [point: string]: Match };
  /** Of all layers of the source to all of the target, as `matchElements` has it; null for NaN. */
  scores: (number | null)[][];
}

/** A point of the source and its match. */
export interface LayerMatch {
  source: Point;
  match: Match;
}

/** What is seen of a layer of the source. */
export interface SeenLayer {
  matches: LayerMatch[];
  resemblance: ElementScores | undefined;
}

/** Every layer of the source as an item, in their order. */
function itemsOf({ source }: LayerPair): Item[] {
  return source.layers.map(({ layerId }) => ({ kind: 'layer', itemId: layerId, layerId }));
}

/** For weights that have learned nothing of "no counterpart": the fitted confidence of points would ask for it. */
const UNFITTED: MatchSettings = settingsFor([]);

/** Finds layers with the embedded model. */
export class LayerMatching {
  readonly #features: EmbeddedFeatures;
  readonly #matcher = new Matcher();
  readonly #kept: KeptLines<Seen>;

  /**
   * @param file keeps what was seen, so that what is done with it can be tried again without the network
   * @param model folder of weights instead of those that ship
   */
  constructor(file: string, model?: string) {
    this.#kept = new KeptLines(file);
    this.#features = new EmbeddedFeatures(model);
  }

  /** One placement for each layer of the source, in their order. */
  async place(pair: LayerPair): Promise<Placement[]> {
    const { source, target } = pair;
    const { matches, scores } = await this.#seen(pair);
    return placeItems(preparedLayers(pair), source.layers, target.layers, target.image, {
      match: async (points) => points.map((point) => matches[keyOf(point)] ?? missing(point)),
      compare: async () => scores,
    });
  }

  /** For each layer of the source its points with their matches, and how those of the target resemble it. */
  async seenByLayer(pair: LayerPair): Promise<SeenLayer[]> {
    const { matches, scores } = await this.#seen(pair);
    return preparedLayers(pair).map(({ points }, n) => ({
      matches: points.map((point) => ({ source: point, match: matches[keyOf(point)] ?? missing(point) })),
      resemblance: scores[n],
    }));
  }

  async #seen(pair: LayerPair) {
    const { matches, scores } = await this.#see(pair);
    return { matches, scores: withMargins(scores.map(toFloats)) };
  }

  async #see(pair: LayerPair): Promise<Seen> {
    const { source, target } = pair;
    const points = preparedLayers(pair).flatMap((layer) => layer.points);
    const [parts, others] = [source.layers.map(({ box }) => box), target.layers.map(({ box }) => box)];
    const key = [
      KEPT_VERSION,
      this.#features.id,
      hashOfImage(source.image),
      hashOfImage(target.image),
      hashOf(JSON.stringify([points, parts, others])),
    ].join(' ');
    return this.#kept.get(key, async () => {
      const [from, to] = [await this.#features.of(source.image), await this.#features.of(target.image)];
      const settings = from.dustbin === undefined ? UNFITTED : DEFAULT_SETTINGS;
      const found = await matchPoints(this.#matcher, from, to, points, settings);
      const direction = layoutDirection(found);
      const entries = points.map((point, n) => {
        const { point: at, similarity, confidence, scale, mirrored } = found[n] ?? missing(point);
        return [keyOf(point), { point: at, similarity, confidence, scale, mirrored }];
      });
      const alike = await matchElements(from, to, parts, others, direction.mirrored);
      return { matches: Object.fromEntries(entries), scores: alike.map(({ log }) => Array.from(log, rounded)) };
    });
  }
}

function preparedLayers(pair: LayerPair) {
  return prepareItems(itemsOf(pair), pair.source.layers, pair.source.image);
}

/** As JSON has it, with two decimals. */
function rounded(value: number): number | null {
  return Number.isNaN(value) ? null : Math.round(100 * value) / 100;
}

function toFloats(row: readonly (number | null)[]): Float32Array {
  return Float32Array.from(row, (value) => value ?? Number.NaN);
}

function keyOf({ x, y }: Point): string {
  return `${x} ${y}`;
}

function missing(point: Point): never {
  throw new Error(`the point ${keyOf(point)} was not matched`);
}
