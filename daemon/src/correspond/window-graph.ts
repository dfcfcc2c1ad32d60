import { GraphBuilder } from '../graph/onnx/graph-builder.js';

/**
 * Graph that compares queries with a window cut out of a map of cells: queries (N, channels), map (rows, columns,
 * channels), and the window's first and last-plus-one row and column → dot products (N, cells of the window). Cutting
 * inside the graph takes the map as it lies; a window is never copied by JavaScript.
 */
export function windowGraph(channels: number): Uint8Array {
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
