import type { Item, Placement, Point } from '@samepoint/shared-protocol';
import { type ElementScores, matchElements, withMargins } from '../../daemon/src/correspond/match-elements.js';
import { type Match, matchPoints } from '../../daemon/src/correspond/match-points.js';
import { DEFAULT_SETTINGS, type MatchSettings, settingsFor } from '../../daemon/src/correspond/match-settings.js';
import { Matcher } from '../../daemon/src/correspond/matcher.js';
import { placeItems, prepareItems } from '../../daemon/src/transfer/place-items.js';
import { layoutDirection } from '../../daemon/src/transfer/rtl-layout.js';
import { hashOf, hashOfImage, JsonLinesCache } from './cache.js';
import { EmbeddedFeatures } from './embedded-features.js';
import type { LayerPair } from './layer-pair.js';

/** Increase when the matching of points or elements changes. */
const CACHE_VERSION = 4;

/** The output of the networks for a pair. */
interface CachedPair {
  /** By the source point, as text. */
  matches: { [point: string]: Match };
  /** Log probabilities of all source layers against all target layers; null for NaN. */
  scores: (number | null)[][];
}

/** A point of the source and its match. */
export interface LayerMatch {
  source: Point;
  match: Match;
}

/** The matches of a source layer's points, and its scores against the target layers. */
export interface LayerEvidence {
  matches: LayerMatch[];
  resemblance: ElementScores | undefined;
}

/** Layers of the source as items, in their order. */
export function itemsOf(layerIds: readonly string[]): Item[] {
  return layerIds.map((layerId) => ({ kind: 'layer', itemId: layerId, layerId }));
}

/** For weights without a dustbin, which the fitted confidence requires. */
const UNFITTED: MatchSettings = settingsFor([]);

/** Matches layers with the embedded network. */
export class LayerMatching {
  readonly #features: EmbeddedFeatures;
  readonly #matcher = new Matcher();
  readonly #cache: JsonLinesCache<CachedPair>;

  /**
   * @param file caches the output of the networks
   * @param model folder of weights, instead of the embedded ones
   */
  constructor(file: string, model?: string) {
    this.#cache = new JsonLinesCache(file);
    this.#features = new EmbeddedFeatures(model);
  }

  /** One placement per source layer, in their order. */
  place(pair: LayerPair): Promise<Placement[]> {
    return this.placeItems(
      pair,
      itemsOf(pair.source.layers.map(({ layerId }) => layerId)),
      preparedLayers(pair).flatMap(({ points }) => points),
    );
  }

  /** One placement per item, in their order. @param points those that need a match */
  async placeItems(pair: LayerPair, items: readonly Item[], points = pointsOf(pair, items)): Promise<Placement[]> {
    const { source, target } = pair;
    const prepared = prepareItems(items, source.layers, source.image);
    const { matches, scores } = await this.#scored(pair, points);
    return placeItems(prepared, source.layers, target.layers, target.image, {
      match: async (points) => points.map((point) => matches[keyOf(point)] ?? missing(point)),
      compare: async () => scores,
    });
  }

  /** One entry per source layer, in their order. */
  async evidenceByLayer(pair: LayerPair): Promise<LayerEvidence[]> {
    const prepared = preparedLayers(pair);
    const { matches, scores } = await this.#scored(
      pair,
      prepared.flatMap(({ points }) => points),
    );
    return prepared.map(({ points }, n) => ({
      matches: points.map((point) => ({ source: point, match: matches[keyOf(point)] ?? missing(point) })),
      resemblance: scores[n],
    }));
  }

  async #scored(pair: LayerPair, points: readonly Point[]) {
    const { matches, scores } = await this.#cached(pair, points);
    return { matches, scores: withMargins(scores.map(toFloats)) };
  }

  async #cached({ source, target }: LayerPair, points: readonly Point[]): Promise<CachedPair> {
    const [parts, others] = [source.layers.map(({ box }) => box), target.layers.map(({ box }) => box)];
    const key = [
      CACHE_VERSION,
      this.#features.id,
      hashOfImage(source.image),
      hashOfImage(target.image),
      hashOf(JSON.stringify([points, parts, others])),
    ].join(' ');
    return this.#cache.get(key, async () => {
      const [from, to] = [await this.#features.of(source.image), await this.#features.of(target.image)];
      const settings = from.dustbin === undefined ? UNFITTED : DEFAULT_SETTINGS;
      const found = await matchPoints(this.#matcher, from, to, points, settings);
      const direction = layoutDirection(found);
      const entries = points.map((point, n) => {
        const { point: at, similarity, confidence, scale, mirrored } = found[n] ?? missing(point);
        return [keyOf(point), { point: at, similarity, confidence, scale, mirrored }];
      });
      const scores = await matchElements(from, to, parts, others, direction.mirrored);
      return { matches: Object.fromEntries(entries), scores: scores.map(({ log }) => Array.from(log, rounded)) };
    });
  }
}

function preparedLayers({ source }: LayerPair) {
  return prepareItems(itemsOf(source.layers.map(({ layerId }) => layerId)), source.layers, source.image);
}

/** The points of items, of the layers around them and of anchors. */
function pointsOf({ source }: LayerPair, items: readonly Item[]): Point[] {
  return prepareItems(items, source.layers, source.image).flatMap(({ points, neighbours, anchors }) => [
    ...points,
    ...[...neighbours, ...(anchors?.anchors ?? [])].flatMap((one) => one.points),
  ]);
}

/** Two decimals for JSON, which has no NaN. */
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
