import { GraphBuilder, type Value } from '../graph/onnx/graph-builder.js';
import { reshape } from '../graph/onnx/ops.js';

/** Cells per side of a block. Each block has one peak. */
const PEAK_BLOCK_CELLS = 4;

/** Shape of the map that a matching graph searches. */
export interface MapShape {
  channels: number;
  rows: number;
  columns: number;
}

/**
 * Graph for the `peaks` highest block maxima of the cosine similarity between descriptors and a map of descriptors: queries
 * (N, channels), map (channels, rows, columns) → similarities (N, peaks), descending, and cells (N, peaks), row-major. Takes
 * maxima along rows, then along columns, as one pooling operator takes several times as long as the products.
 */
export function peaksGraph(shape: MapShape, peaks: number): Uint8Array {
  const b = new GraphBuilder();
  const queries = b.input('queries', ['queries', shape.channels]);
  const map = b.input('map', [shape.channels, shape.rows, shape.columns]);
  const padded = { ...shape, rows: toBlocks(shape.rows), columns: toBlocks(shape.columns) };
  const similarity = products(b, queries, growEdges(b, map, shape, padded), padded);
  const [top, block] = topBlocks(b, similarity, padded, peaks);
  const cell = cellsOfBlocks(b, similarity, block, padded);
  b.output('similarities', top);
  b.output('cells', withoutPadding(b, cell, shape, padded), 'int64');
  return b.toModel();
}

function toBlocks(cells: number): number {
  return Math.ceil(cells / PEAK_BLOCK_CELLS) * PEAK_BLOCK_CELLS;
}

/** Repeats the last row and column, so that no added cell is better than all others. */
function growEdges(b: GraphBuilder, map: Value, { rows, columns }: MapShape, padded: MapShape): Value {
  if (padded.rows === rows && padded.columns === columns) return map;
  const ends = b.int64(0, 0, 0, 0, padded.rows - rows, padded.columns - columns);
  return b.node('Pad', [map, ends], [padded.channels, padded.rows, padded.columns], { mode: { string: 'edge' } });
}

/** @returns the highest similarities (N, peaks), and the row-major indices of their blocks */
function topBlocks(b: GraphBuilder, similarity: Value, { rows, columns }: MapShape, peaks: number): [Value, Value] {
  const blocks = (rows / PEAK_BLOCK_CELLS) * (columns / PEAK_BLOCK_CELLS);
  const max = (value: Value, axis: number, dims: Value['dims']) =>
    b.node('ReduceMax', [value, b.int64(axis)], dims, { keepdims: { int: 0 } });
  const stripes = b.node(
    'Reshape',
    [similarity, b.int64(-1, PEAK_BLOCK_CELLS, columns)],
    ['stripes', PEAK_BLOCK_CELLS, columns],
  );
  const byStripe = max(stripes, 1, ['stripes', columns]);
  const runs = b.node(
    'Reshape',
    [byStripe, b.int64(-1, blocks, PEAK_BLOCK_CELLS)],
    ['queries', blocks, PEAK_BLOCK_CELLS],
  );
  const found = Math.min(peaks, blocks);
  const dims = ['queries', found];
  const [top, block] = b.nodes('TopK', [max(runs, 2, ['queries', blocks]), b.int64(found)], [dims, dims]);
  if (top === undefined || block === undefined) throw new Error('TopK has two outputs');
  return [top, block];
}

/** The best cell of each block, as an index in the padded map. */
function cellsOfBlocks(b: GraphBuilder, similarity: Value, block: Value, { columns }: MapShape): Value {
  const across = b.int64(columns / PEAK_BLOCK_CELLS);
  const { dims } = block;
  const [queries = 'queries', found = 1] = dims;
  const down = b.node('Mul', [b.node('Div', [block, across], dims), b.int64(PEAK_BLOCK_CELLS * columns)], dims);
  const along = b.node('Mul', [b.node('Mod', [block, across], dims), b.int64(PEAK_BLOCK_CELLS)], dims);
  const first = b.node('Unsqueeze', [b.node('Add', [down, along], dims), b.int64(2)], [queries, found, 1]);
  const offsets = Array.from({ length: PEAK_BLOCK_CELLS ** 2 }, (_, n) => {
    return Math.floor(n / PEAK_BLOCK_CELLS) * columns + (n % PEAK_BLOCK_CELLS);
  });
  const inBlock = [queries, found, offsets.length];
  const cells = b.node('Add', [first, b.int64(...offsets)], inBlock);
  const flat = b.node('Reshape', [cells, b.int64(0, -1)], [queries, 'inBlocks']);
  const values = b.node('GatherElements', [similarity, flat], [queries, 'inBlocks'], { axis: { int: 1 } });
  const grouped = b.node('Reshape', [values, b.int64(0, -1, offsets.length)], inBlock);
  const best = b.node('ArgMax', [grouped], [queries, found, 1], { axis: { int: 2 }, keepdims: { int: 1 } });
  const cell = b.node('GatherElements', [cells, best], [queries, found, 1], { axis: { int: 2 } });
  return b.node('Squeeze', [cell, b.int64(2)], dims);
}

/** From a cell of the padded map to the cell that it repeats. */
function withoutPadding(b: GraphBuilder, cell: Value, { rows, columns }: MapShape, padded: MapShape): Value {
  if (padded.rows === rows && padded.columns === columns) return cell;
  const { dims } = cell;
  const clip = (value: Value, last: number) => b.node('Min', [value, b.int64(last)], dims);
  const row = clip(b.node('Div', [cell, b.int64(padded.columns)], dims), rows - 1);
  const column = clip(b.node('Mod', [cell, b.int64(padded.columns)], dims), columns - 1);
  return b.node('Add', [b.node('Mul', [row, b.int64(columns)], dims), column], dims);
}

/** Graph for the whole similarity map: queries (N, channels), map (channels, rows, columns) → (N, rows·columns). */
export function similarityGraph(shape: MapShape): Uint8Array {
  const b = new GraphBuilder();
  const queries = b.input('queries', ['queries', shape.channels]);
  const map = b.input('map', [shape.channels, shape.rows, shape.columns]);
  b.output('similarity', products(b, queries, map, shape));
  return b.toModel();
}

function products(b: GraphBuilder, queries: Value, map: Value, { channels, rows, columns }: MapShape): Value {
  return b.node('MatMul', [queries, reshape(b, map, [channels, rows * columns])], ['queries', rows * columns]);
}
