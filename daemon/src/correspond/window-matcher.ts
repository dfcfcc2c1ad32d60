import type { InferenceSession } from 'onnxruntime-node';
import type { FeatureMap } from '../diffusion/feature-map.js';
import { GraphBuilder } from '../graph/onnx/graph-builder.js';
import { ort, SessionCache } from '../graph/runtime/session.js';

/** Number of compiled graphs in the cache, one per number of channels. They have no weights. */
const SESSIONS_KEPT = 4;

/**
 * Queries run in square tiles of this many cells per side, which share the part of each map that their windows cover.
 * Smaller tiles compare fewer pairs outside the windows, larger ones use the processor better. Of 8, 12, 16 and 20, 8 was
 * fastest at 60×107 cells, 640 channels and radius 15.
 */
const TILE_CELLS = 8;

/** Cells transposed per block, so that a block fits into the processor's cache. */
const BLOCK_CELLS = 16;

/** Descriptors with the channels of a cell next to each other, so that a window of cells is a slice. */
export interface CellFeatures {
  rows: number;
  columns: number;
  channels: number;
  /** (rows, columns, channels) */
  hwc: Float32Array;
}
/** Rows and columns of cells, ends exclusive. */
interface CellBox {
  top: number;
  left: number;
  bottom: number;
  right: number;
}

export interface WindowSettings {
  /** Neighbours per query, over all maps together. */
  topK: number;
  /** Half the side of a window, in cells. */
  radiusCells: number;
}

/** Finds nearest neighbours within a window around the same cell in other maps of the same size, in ONNX Runtime. */
export class WindowMatcher {
  readonly #sessions = new SessionCache(SESSIONS_KEPT);

  /**
   * The most similar cells of all `maps` within the window of every cell of `query`. Memory holds the similarities of one tile
   * with one map at a time.
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

/** The descriptors of a box of cells: (cells, channels). */
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

/** Offers each query of the tile the cells of its own window. */
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

/** Transposes a feature map to cell-by-cell order. */
export function toCellFeatures({ rows, columns, channels, chw }: FeatureMap): CellFeatures {
  const cells = rows * columns;
  const hwc = new Float32Array(cells * channels);
  for (let start = 0; start < cells; start += BLOCK_CELLS) {
    const end = Math.min(cells, start + BLOCK_CELLS);
    for (let c = 0; c < channels; c++) {
      for (let cell = start; cell < end; cell++) hwc[cell * channels + c] = chw[c * cells + cell] ?? 0;
    }
  }
  return { rows, columns, channels, hwc };
}

/**
 * The `count` most similar cells of each query so far, the best first. Of equal ones, the first offered stays. Unused
 * entries have the similarity −Infinity.
 */
export class TopNeighbours {
  /** Index of the neighbour's map: (queries, count). */
  readonly maps: Uint16Array;
  /** Row-major index of the neighbour's cell: (queries, count). */
  readonly cells: Int32Array;
  /** (queries, count) */
  readonly similarities: Float32Array;

  constructor(
    readonly queries: number,
    readonly count: number,
  ) {
    this.maps = new Uint16Array(queries * count);
    this.cells = new Int32Array(queries * count);
    this.similarities = new Float32Array(queries * count).fill(Number.NEGATIVE_INFINITY);
  }

  /**
   * Offers a run of adjacent cells.
   * @param firstCell index of the first cell
   * @param similarities of the cells to `query`, `length` values starting at `from`
   */
  offer(query: number, map: number, firstCell: number, similarities: Float32Array, from: number, length: number): void {
    const worst = (query + 1) * this.count - 1;
    let bar = this.similarities[worst] ?? 0;
    for (let n = 0; n < length; n++) {
      const similarity = similarities[from + n] ?? 0;
      if (similarity <= bar) continue;
      this.#insert(query * this.count, worst, map, firstCell + n, similarity);
      bar = this.similarities[worst] ?? 0;
    }
  }

  #insert(best: number, worst: number, map: number, cell: number, similarity: number): void {
    let at = worst;
    for (; at > best && similarity > (this.similarities[at - 1] ?? 0); at--) {
      this.similarities[at] = this.similarities[at - 1] ?? 0;
      this.maps[at] = this.maps[at - 1] ?? 0;
      this.cells[at] = this.cells[at - 1] ?? 0;
    }
    this.similarities[at] = similarity;
    this.maps[at] = map;
    this.cells[at] = cell;
  }
}

/**
 * Graph for the dot products of queries with a window of a map: queries (N, channels), map (rows, columns, channels), starts
 * and exclusive ends of the window (row, column) → (N, cells of the window). Slicing in the graph avoids copies in
 * JavaScript.
 */
function windowGraph(channels: number): Uint8Array {
  const b = new GraphBuilder();
  const queries = b.input('queries', ['queries', channels]);
  const map = b.input('map', ['rows', 'columns', channels]);
  const starts = b.input('starts', [2], 'int64');
  const ends = b.input('ends', [2], 'int64');
  const window = b.node('Slice', [map, starts, ends, b.int64(0, 1)], ['windowRows', 'windowColumns', channels]);
  const keys = b.node('Reshape', [window, b.int64(-1, channels)], ['keys', channels]);
  b.output('similarity', b.node('Gemm', [queries, keys], ['queries', 'keys'], { transB: { int: 1 } }));
  return b.toModel();
}
