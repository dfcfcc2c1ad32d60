import type { Point } from '@samepoint/shared-protocol';
import type { InferenceSession } from 'onnxruntime-node';
import { cellCentre, type FeatureMap, sampleFeatures } from '../diffusion/feature-map.js';
import { ort } from '../graph/session.js';
import { SessionCache } from '../graph/session-cache.js';
import { peaksGraph, similarityGraph } from './matching-graph.js';

/** Compiled matching graphs kept, one for each map shape and number of peaks; they have no weights. */
const SESSIONS_KEPT = 24;

/** Queries in one run; bounds the memory of the similarity matrix (queries × cells × 4 bytes). */
const QUERIES_PER_RUN = 512;

/** A place that resembles a query. */
export interface Peak extends Point {
  cell: number;
  similarity: number;
}

/** Finds nearest neighbours among the columns of feature maps, in ONNX Runtime. */
export class Matcher {
  readonly #sessions = new SessionCache(SESSIONS_KEPT);

  /**
   * For every point of `from`, the most similar cells of `to`, the best first.
   * @param points pixels of the image of `from`
   * @returns one list a point, at most `count` long; positions in pixels of the image of `to`
   */
  async peaks(from: FeatureMap, points: readonly Point[], to: FeatureMap, count: number): Promise<Peak[][]> {
    const session = await this.#session(`peaks ${count}`, to, () => peaksGraph(to, count));
    const found: Peak[][] = [];
    for (let start = 0; start < points.length; start += QUERIES_PER_RUN) {
      const part = points.slice(start, start + QUERIES_PER_RUN);
      const { similarities, cells } = await session.run(feeds(from, part, to));
      found.push(...toPeaks(to, part.length, similarities?.data, cells?.data));
    }
    return found;
  }

  /**
   * Cosine similarity of each point of `from` with every cell of `to`, row by row. The whole matrix would not fit into
   * memory, so each map is handed to `take` and may not be kept.
   * @param take gets the map (rows·columns) and the index of its point
   */
  async forEachSimilarityMap(
    from: FeatureMap,
    points: readonly Point[],
    to: FeatureMap,
    take: (similarity: Float32Array, index: number) => void,
  ): Promise<void> {
    const session = await this.#session('similarity', to, () => similarityGraph(to));
    const cells = to.rows * to.columns;
    for (let start = 0; start < points.length; start += QUERIES_PER_RUN) {
      const part = points.slice(start, start + QUERIES_PER_RUN);
      const { similarity } = await session.run(feeds(from, part, to));
      if (!(similarity?.data instanceof Float32Array)) throw new TypeError('the matching graph has no similarity');
      for (let n = 0; n < part.length; n++) take(similarity.data.subarray(n * cells, (n + 1) * cells), start + n);
    }
  }

  #session(kind: string, { channels, rows, columns }: FeatureMap, graph: () => Uint8Array): Promise<InferenceSession> {
    const key = `${kind} ${channels}×${rows}×${columns}`;
    return this.#sessions.get(key, () => ({ model: graph() }));
  }
}

function feeds(from: FeatureMap, points: readonly Point[], to: FeatureMap) {
  return {
    queries: new ort.Tensor('float32', sampleFeatures(from, points), [points.length, from.channels]),
    map: new ort.Tensor('float32', to.chw, [to.channels, to.rows, to.columns]),
  };
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
