import { GraphBuilder, type Value } from '../../graph/onnx/graph-builder.js';
import { createSession, ort } from '../../graph/runtime/session.js';

/** Descriptors of keypoints: (count, channels). */
export interface Descriptors {
  count: number;
  channels: number;
  data: Float32Array;
}

/** How descriptors are compared: cosine for Stable Diffusion's features, Euclidean distance for ADM's. */
export type Metric = 'cosine' | 'l2';

/**
 * Mutual nearest neighbours, as in DIFT for HPatches (Tang et al., 2023, section 4.3).
 * @returns indices into `a` and `b`, in the order of `a`
 */
export async function mutualNearest(a: Descriptors, b: Descriptors, metric: Metric): Promise<[number, number][]> {
  if (a.count === 0 || b.count === 0) return [];
  const session = await createSession({ model: nearestGraph(a.channels, metric) });
  try {
    const { aToB, bToA } = await session.run({ a: toTensor(a), b: toTensor(b) });
    if (!(aToB?.data instanceof BigInt64Array && bToA?.data instanceof BigInt64Array)) {
      throw new TypeError('the matching graph has no output');
    }
    const back = bToA.data;
    return [...aToB.data].flatMap((nearest, n): [number, number][] =>
      Number(back[Number(nearest)]) === n ? [[n, Number(nearest)]] : [],
    );
  } finally {
    await session.release();
  }
}

function toTensor({ count, channels, data }: Descriptors) {
  return new ort.Tensor('float32', data, [count, channels]);
}

/** a (N, channels), b (M, channels) → for each of `a` its nearest of `b` (N), and vice versa (M). */
function nearestGraph(channels: number, metric: Metric): Uint8Array {
  const graph = new GraphBuilder();
  const a = graph.input('a', ['N', channels]);
  const b = graph.input('b', ['M', channels]);
  const nearness = metric === 'cosine' ? cosines(graph, a, b, channels) : negativeDistances(graph, a, b, channels);
  const nearest = (along: number, count: string) =>
    graph.node('ArgMax', [nearness], [count], { axis: { int: along }, keepdims: { int: 0 } });
  graph.output('aToB', nearest(1, 'N'), 'int64');
  graph.output('bToA', nearest(0, 'M'), 'int64');
  return graph.toModel();
}

function cosines(graph: GraphBuilder, a: Value, b: Value, channels: number): Value {
  const unit = (value: Value) =>
    graph.node('LpNormalization', [value], value.dims, { axis: { int: 1 }, p: { int: 2 } });
  return graph.node('MatMul', [unit(a), transposed(graph, unit(b), channels)], ['N', 'M']);
}

/** −|a − b|² = 2·a·b − |a|² − |b|² */
function negativeDistances(graph: GraphBuilder, a: Value, b: Value, channels: number): Value {
  const columns = transposed(graph, b, channels);
  const product = graph.node('MatMul', [a, columns], ['N', 'M']);
  const twice = graph.node('Add', [product, product], ['N', 'M']);
  const lengthsA = graph.node('ReduceSumSquare', [a, graph.int64(1)], ['N', 1]);
  const lengthsB = graph.node('ReduceSumSquare', [columns, graph.int64(0)], [1, 'M']);
  return graph.node('Sub', [graph.node('Sub', [twice, lengthsA], ['N', 'M']), lengthsB], ['N', 'M']);
}

function transposed(graph: GraphBuilder, value: Value, channels: number): Value {
  return graph.node('Transpose', [value], [channels, 'M'], { perm: { ints: [1, 0] } });
}
