import { GraphBuilder } from '../graph/onnx/graph-builder.js';
import { reshape } from '../graph/onnx/ops.js';

/** Peaks are looked for in blocks of this many cells a side, one a block. */
const PEAK_BLOCK_CELLS = 4;

/** Shape of the map that a matching graph searches. */
export interface MapShape {
  channels: number;
  rows: number;
  columns: number;
}

/**
 * Graph that finds the `peaks` highest block maxima of the cosine similarity between unit queries and a map of unit
 * columns: queries (N, channels), map (channels, rows, columns) → similarities (N, peaks) in falling order and cells
 * (N, peaks), indices row by row.
 */
export function peaksGraph(shape: MapShape, peaks: number): Uint8Array {
  const { rows, columns } = shape;
  const blocks = Math.ceil(rows / PEAK_BLOCK_CELLS) * Math.ceil(columns / PEAK_BLOCK_CELLS);
  const b = new GraphBuilder();
  const similarity = similarityValue(b, shape);
  const kernel = { ints: [PEAK_BLOCK_CELLS, PEAK_BLOCK_CELLS] };
  const [maxima, cells] = b.nodes(
    'MaxPool',
    [b.node('Reshape', [similarity, b.int64(-1, 1, rows, columns)], ['queries', 1, rows, columns])],
    [
      ['queries', 1, 'blockRows', 'blockColumns'],
      ['queries', 1, 'blockRows', 'blockColumns'],
    ],
    { kernel_shape: kernel, strides: kernel, ceil_mode: { int: 1 } },
  );
  if (maxima === undefined || cells === undefined) throw new Error('MaxPool has two outputs');
  const flat = (value: typeof maxima) => b.node('Reshape', [value, b.int64(-1, blocks)], ['queries', blocks]);
  const found = Math.min(peaks, blocks);
  const [top, block] = b.nodes(
    'TopK',
    [flat(maxima), b.int64(found)],
    [
      ['queries', found],
      ['queries', found],
    ],
  );
  if (top === undefined || block === undefined) throw new Error('TopK has two outputs');
  const index = b.node('GatherElements', [flat(cells), block], ['queries', found], { axis: { int: 1 } });
  // MaxPool counts cells through the whole batch
  const cell = b.node('Mod', [index, b.int64(rows * columns)], ['queries', found]);
  b.output('similarities', top);
  b.output('cells', cell, 'int64');
  return b.toModel();
}

/** Graph that gives the whole similarity map: queries (N, channels), map (channels, rows, columns) → (N, rows·columns). */
export function similarityGraph(shape: MapShape): Uint8Array {
  const b = new GraphBuilder();
  b.output('similarity', similarityValue(b, shape));
  return b.toModel();
}

function similarityValue(b: GraphBuilder, { channels, rows, columns }: MapShape) {
  const queries = b.input('queries', ['queries', channels]);
  const map = reshape(b, b.input('map', [channels, rows, columns]), [channels, rows * columns]);
  return b.node('MatMul', [queries, map], ['queries', rows * columns]);
}
