import type { Item, Placement, Point } from '@samepoint/shared-protocol';
import { type Match, matchPoints } from '../../daemon/src/correspond/match-points.js';
import { Matcher } from '../../daemon/src/correspond/matcher.js';
import { placeItems, prepareItems } from '../../daemon/src/transfer/transfer.js';
import { EMBEDDED_ID, EmbeddedFeatures, hashOf, hashOfImage } from './embedded-features.js';
import { KeptLines } from './keep-lines.js';
import type { LayerPair } from './layer-pair.js';

/** Matches by their point, as text: layers of a pair ask for the same ones whatever is done with them. */
type MatchesByPoint = { [point: string]: Match };

/** A point of the source and its match. */
export interface LayerMatch {
  source: Point;
  match: Match;
}

/** Every layer of the source as an item, in their order. */
function itemsOf({ source }: LayerPair): Item[] {
  return source.layers.map(({ layerId }) => ({ kind: 'layer', itemId: layerId, layerId }));
}

/** Finds layers with the embedded model. */
export class LayerMatching {
  readonly #features = new EmbeddedFeatures();
  readonly #matcher = new Matcher();
  readonly #kept: KeptLines<MatchesByPoint>;

  /** @param file keeps the matches, so that what is done with them can be tried again without the network */
  constructor(file: string) {
    this.#kept = new KeptLines(file);
  }

  /** One placement for each layer of the source, in their order. */
  async place(pair: LayerPair): Promise<Placement[]> {
    const { source, target } = pair;
    const prepared = prepareItems(itemsOf(pair), source.layers, source.image);
    const matches = await this.#matches(
      pair,
      prepared.flatMap(({ points }) => points),
    );
    return placeItems(prepared, source.layers, target.layers, target.image, async (points) =>
      points.map((point) => matches[keyOf(point)] ?? missing(point)),
    );
  }

  /** For each layer of the source its points and their matches. */
  async matchesByLayer(pair: LayerPair): Promise<LayerMatch[][]> {
    const { source } = pair;
    const prepared = prepareItems(itemsOf(pair), source.layers, source.image);
    const matches = await this.#matches(
      pair,
      prepared.flatMap(({ points }) => points),
    );
    return prepared.map(({ points }) =>
      points.map((point) => ({ source: point, match: matches[keyOf(point)] ?? missing(point) })),
    );
  }

  async #matches({ source, target }: LayerPair, points: readonly Point[]): Promise<MatchesByPoint> {
    const key = [
      EMBEDDED_ID,
      hashOfImage(source.image),
      hashOfImage(target.image),
      hashOf(JSON.stringify(points)),
    ].join(' ');
    return this.#kept.get(key, async () => {
      const [from, to] = [await this.#features.of(source.image), await this.#features.of(target.image)];
      const found = await matchPoints(this.#matcher, from, to, points);
      return Object.fromEntries(
        points.map((point, n) => {
          const { point: at, similarity, confidence, scale, mirrored } = found[n] ?? missing(point);
          return [keyOf(point), { point: at, similarity, confidence, scale, mirrored }];
        }),
      );
    });
  }
}

function keyOf({ x, y }: Point): string {
  return `${x} ${y}`;
}

function missing(point: Point): never {
  throw new Error(`the point ${keyOf(point)} was not matched`);
}
