import type { Point } from '@samepoint/shared-protocol';
import type { InferenceSession } from 'onnxruntime-node';
import { cellCentre, type FeatureMap, sampleFeatures } from '../diffusion/feature-map.js';
import { ort, SessionCache } from '../graph/runtime/session.js';
import { type MapShape, peaksGraph, similarityGraph } from './matching-graph.js';

/** Number of compiled graphs in the cache, one per map shape and number of peaks. They have no weights. */
const SESSIONS_KEPT = 24;

/** Similarities per run, queries × cells. Limits its memory, at four bytes each. */
const SIMILARITIES_PER_RUN = 4 * 1024 * 1024;

/** A cell with a high similarity to a query, and its centre. */
export interface Peak extends Point {
  cell: number;
  similarity: number;
}

/** Finds nearest neighbours among the descriptors of feature maps, in ONNX Runtime. */
export class Matcher {
  readonly #sessions = new SessionCache(SESSIONS_KEPT);

  /**
   * The most similar cells of `to` for every point of `from`, the best first.
   * @param points pixels of the image of `from`
   * @returns one list per point, at most `count` long; positions in pixels of the image of `to`
   */
  async peaks(from: FeatureMap, points: readonly Point[], to: FeatureMap, count: number): Promise<Peak[][]> {
    return this.peaksOf([sampleFeatures(from, points)], to, count);
  }

  /**
   * The most similar cells of `to` for every query descriptor.
   * @param queries concatenated before the search, each (queries, channels)
   * @returns one list per query, in their order
   */
  async peaksOf(queries: readonly Float32Array[], to: FeatureMap, count: number): Promise<Peak[][]> {
    const session = await this.#session(`peaks ${count}`, to, () => peaksGraph(to, count));
    const found: Peak[][] = [];
    for (const { part } of partsOf(concat(queries), to)) {
      const { similarities, cells } = await session.run(feeds(part, to));
      found.push(...toPeaks(to, part.length / to.channels, similarities?.data, cells?.data));
    }
    return found;
  }

  /**
   * Cosine similarity of each point of `from` to every cell of `to`, row by row. All maps together would not fit into
   * memory, so each is passed to `take`, and its buffer is reused.
   * @param take receives the map (rows·columns) and the index of its point
   */
  async forEachSimilarityMap(
    from: FeatureMap,
    points: readonly Point[],
    to: FeatureMap,
    take: (similarity: Float32Array, index: number) => void,
  ): Promise<void> {
    const session = await this.#session('similarity', to, () => similarityGraph(to));
    const cells = to.rows * to.columns;
    for (const { part, start } of partsOf(sampleFeatures(from, points), to)) {
      const { similarity } = await session.run(feeds(part, to));
      if (!(similarity?.data instanceof Float32Array)) throw new TypeError('the matching graph has no similarity');
      const count = part.length / to.channels;
      for (let n = 0; n < count; n++) take(similarity.data.subarray(n * cells, (n + 1) * cells), start + n);
    }
  }

  #session(kind: string, { channels, rows, columns }: MapShape, graph: () => Uint8Array): Promise<InferenceSession> {
    const key = `${kind} ${channels}×${rows}×${columns}`;
    return this.#sessions.get(key, () => ({ model: graph() }));
  }
}

function feeds(queries: Float32Array, { chw, channels, rows, columns }: FeatureMap) {
  return {
    queries: new ort.Tensor('float32', queries, [queries.length / channels, channels]),
    map: new ort.Tensor('float32', chw, [channels, rows, columns]),
  };
}

/** The queries of each run, and the index of its first query. */
function* partsOf(queries: Float32Array, { channels, rows, columns }: MapShape) {
  const perRun = Math.max(1, Math.floor(SIMILARITIES_PER_RUN / (rows * columns)));
  for (let start = 0; start * channels < queries.length; start += perRun) {
    yield { part: queries.subarray(start * channels, (start + perRun) * channels), start };
  }
}

function concat(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function toPeaks(map: FeatureMap, queries: number, similarities: unknown, cells: unknown): Peak[][] {
  if (!(similarities instanceof Float32Array) || !(cells instanceof BigInt64Array)) {
    throw new TypeError('the matching graph has no peaks');
  }
  const count = similarities.length / queries;
  return Array.from({ length: queries }, (_, query) =>
    Array.from({ length: count }, (_, rank) => {
      const cell = Number(cells[query * count + rank]);
      return { cell, similarity: similarities[query * count + rank] ?? 0, ...cellCentre(map, cell) };
    }),
  );
}
