import type { InferenceSession } from 'onnxruntime-node';
import { ort, SessionCache } from '../graph/runtime/session.js';
import type { CellFeatures } from './cell-features.js';
import { TopNeighbours } from './top-neighbours.js';
import { windowGraph } from './window-graph.js';

/** Compiled graphs kept, one for each number of channels; they have no weights. */
const SESSIONS_KEPT = 4;

/**
 * Queries are taken in squares of this many cells a side, which share the part of each map that their windows cover
 * together. Smaller squares compare fewer pairs in vain, larger ones make better use of the processor; 8 took the least
 * processor time of 8, 12, 16 and 20 with 60×107 cells, 640 channels and radius 15.
 */
const TILE_CELLS = 8;

/** Rows and columns of cells, the end not included. */
interface CellBox {
  top: number;
  left: number;
  bottom: number;
  right: number;
}

export interface WindowSettings {
  /** Neighbours kept of each query, over all maps together. */
  topK: number;
  /** A query looks at the cells at most this far from its own place, along rows and along columns. */
  radiusCells: number;
}

/** Finds nearest neighbours near the same place in other maps of the same size, in ONNX Runtime. */
export class WindowMatcher {
  readonly #sessions = new SessionCache(SESSIONS_KEPT);

  /**
   * For every cell of `query`, the most similar cells of all `maps` within its window. No matrix of all pairs is made:
   * at any moment there are the similarities of one tile with one map.
   */
  async neighbours(
    query: CellFeatures,
    maps: readonly CellFeatures[],
    { topK, radiusCells }: WindowSettings,
  ): Promise<TopNeighbours> {
    const session = await this.#sessions.get(String(query.channels), () => ({ model: windowGraph(query.channels) }));
    const found = new TopNeighbours(query.rows * query.columns, topK);
    for (const tile of tiles(query)) {
      const covered = grown(tile, radiusCells, query);
      const queries = cut(query, tile);
      for (const [n, map] of maps.entries()) {
        const similarity = await compare(session, queries, map, covered);
        offerWindows(found, n, query, tile, covered, radiusCells, similarity);
      }
    }
    return found;
  }
}

function* tiles({ rows, columns }: CellFeatures): Generator<CellBox> {
  for (let top = 0; top < rows; top += TILE_CELLS) {
    for (let left = 0; left < columns; left += TILE_CELLS) {
      const bottom = Math.min(rows, top + TILE_CELLS);
      yield { top, left, bottom, right: Math.min(columns, left + TILE_CELLS) };
    }
  }
}

function grown({ top, left, bottom, right }: CellBox, by: number, { rows, columns }: CellFeatures): CellBox {
  return {
    top: Math.max(0, top - by),
    left: Math.max(0, left - by),
    bottom: Math.min(rows, bottom + by),
    right: Math.min(columns, right + by),
  };
}

/** The features of a box of cells: (cells, channels). */
function cut(
  { columns, channels, hwc }: CellFeatures,
  { top, left, bottom, right }: CellBox,
): InstanceType<typeof ort.Tensor> {
  const width = (right - left) * channels;
  const features = new Float32Array((bottom - top) * width);
  for (let row = top; row < bottom; row++) {
    const from = (row * columns + left) * channels;
    features.set(hwc.subarray(from, from + width), (row - top) * width);
  }
  return new ort.Tensor('float32', features, [features.length / channels, channels]);
}

async function compare(
  session: InferenceSession,
  queries: InstanceType<typeof ort.Tensor>,
  { rows, columns, channels, hwc }: CellFeatures,
  { top, left, bottom, right }: CellBox,
): Promise<Float32Array> {
  const { similarity } = await session.run({
    queries,
    map: new ort.Tensor('float32', hwc, [rows, columns, channels]),
    starts: new ort.Tensor('int64', BigInt64Array.of(BigInt(top), BigInt(left)), [2]),
    ends: new ort.Tensor('int64', BigInt64Array.of(BigInt(bottom), BigInt(right)), [2]),
  });
  if (!(similarity?.data instanceof Float32Array)) throw new TypeError('the window graph has no similarity');
  return similarity.data;
}

/** Offers to each query of the tile the part of what the tile covers that is its own window. */
function offerWindows(
  found: TopNeighbours,
  map: number,
  query: CellFeatures,
  tile: CellBox,
  covered: CellBox,
  radiusCells: number,
  similarity: Float32Array,
): void {
  const coveredColumns = covered.right - covered.left;
  const coveredCells = (covered.bottom - covered.top) * coveredColumns;
  let queryStart = 0;
  for (let row = tile.top; row < tile.bottom; row++) {
    for (let column = tile.left; column < tile.right; column++) {
      const own = grown({ top: row, left: column, bottom: row + 1, right: column + 1 }, radiusCells, query);
      for (let y = own.top; y < own.bottom; y++) {
        const from = queryStart + (y - covered.top) * coveredColumns + own.left - covered.left;
        const firstCell = y * query.columns + own.left;
        found.offer(row * query.columns + column, map, firstCell, similarity, from, own.right - own.left);
      }
      queryStart += coveredCells;
    }
  }
}
