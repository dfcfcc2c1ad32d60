import { type CompiledNetwork, compile } from '../compile.js';
import { attention } from '../layers/attention.js';
import type { GraphBuilder, Value } from '../onnx/graph-builder.js';
import {
  add,
  concatChannels,
  gelu,
  multiply,
  nchw,
  normaliseDescriptors,
  reshape,
  silu,
  split,
  toRows,
  upsample,
} from '../onnx/ops.js';
import type { NdArray } from '../runtime/run.js';
import type { GraphTarget } from '../runtime/runtime.js';
import type { Checkpoint } from '../weights/checkpoint.js';

/** Size of the graph below; small, since drivers compile a program per shape. */
const SIDE = 8;
const CHANNELS = 32;
const HEADS = 2;
const GROUPS = 4;

const INPUT_DIMS = [1, CHANNELS, SIDE, SIDE];

const NO_WEIGHTS: Checkpoint = { path: 'The probe', folder: '.', tensors: new Map() };

/** Input of {@link probeNetwork}. */
export function probeInput(): NdArray {
  return { dims: INPUT_DIMS, data: numbers(INPUT_DIMS) };
}

/** A network with every operator that the real ones use, and constant weights: `x` → `features`. */
export function probeNetwork(target: GraphTarget): CompiledNetwork {
  return compile(NO_WEIGHTS, { x: { dims: INPUT_DIMS } }, (b, { x }) => ({ features: features(b, x) }), target);
}

/** Chained products of n×n matrices, for timing: `x` (1,1) → `sum` (1,1). Small inputs and outputs cost no transfer time. */
export function productNetwork(target: GraphTarget, { n, products }: { n: number; products: number }): CompiledNetwork {
  return compile(NO_WEIGHTS, { x: { dims: [1, 1] } }, (b, { x }) => ({ sum: chain(b, x, n, products) }), target);
}

function features(b: GraphBuilder, x: Value): Value {
  const half = convolution(b, silu(b, groupNorm(b, x)), 2);
  const h = concatChannels(b, [x, upsample(b, half, 2, 'nearest')]);
  const rows = layerNorm(b, toRows(b, upsample(b, convolution(b, h, 2), 2, 'linear')));
  const [queries, keys, values] = split(b, project(b, rows, 3 * CHANNELS), 1, 3);
  if (queries === undefined || keys === undefined || values === undefined) throw new Error('Split has three outputs');
  const attended = add(b, rows, attention(b, { queries, keys, values }, { heads: HEADS }));
  const [hidden, gate] = split(b, project(b, attended, 2 * CHANNELS), 1, 2);
  if (hidden === undefined || gate === undefined) throw new Error('Split has two outputs');
  const map = reshape(b, multiply(b, hidden, gelu(b, gate)), [1, SIDE * SIDE, CHANNELS, 1]);
  return normaliseDescriptors(b, map);
}

function chain(b: GraphBuilder, x: Value, n: number, products: number): Value {
  const matrix = b.node('Add', [weights(b, [n, n], n), x], [n, n]);
  let product = matrix;
  for (let i = 0; i < products; i++) product = b.node('MatMul', [product, matrix], [n, n]);
  return b.node('ReduceMean', [product, b.int64(0, 1)], [1, 1]);
}

/** Fixed irregular numbers in [−1,1], so that errors of operators do not cancel out. */
function numbers(dims: readonly number[]): Float32Array {
  const count = dims.reduce((product, size) => product * size, 1);
  return Float32Array.from({ length: count }, (_, i) => Math.sin(1 + i * i * 0.7));
}

function weights(b: GraphBuilder, dims: readonly number[], fanIn: number): Value {
  return b.constant(
    dims,
    numbers(dims).map((value) => value / Math.sqrt(fanIn)),
  );
}

function convolution(b: GraphBuilder, x: Value, stride: number): Value {
  const [n, c, h, w] = nchw(x);
  const kernel = weights(b, [CHANNELS, c, 3, 3], 9 * c);
  return b.node('Conv', [x, kernel, weights(b, [CHANNELS], 1)], [n, CHANNELS, h / stride, w / stride], {
    kernel_shape: { ints: [3, 3] },
    strides: { ints: [stride, stride] },
    pads: { ints: [1, 1, 1, 1] },
  });
}

function project(b: GraphBuilder, rows: Value, outChannels: number): Value {
  const inputs = [rows, weights(b, [outChannels, CHANNELS], CHANNELS), weights(b, [outChannels], 1)];
  return b.node('Gemm', inputs, [Number(rows.dims[0]), outChannels], { transB: { int: 1 } });
}

function groupNorm(b: GraphBuilder, x: Value): Value {
  return b.inFloat32([x], (wide) => {
    const grouped = reshape(b, wide, [1, GROUPS, (CHANNELS / GROUPS) * SIDE * SIDE]);
    const inputs = [grouped, b.constant([GROUPS], new Float32Array(GROUPS).fill(1)), weights(b, [GROUPS], 1)];
    return reshape(
      b,
      b.node('InstanceNormalization', inputs, grouped.dims, { epsilon: { float: 1e-5 } }),
      x.dims.map(Number),
    );
  });
}

function layerNorm(b: GraphBuilder, x: Value): Value {
  return b.inFloat32([x], (wide) => {
    const inputs = [wide, weights(b, [CHANNELS], 1), weights(b, [CHANNELS], 1)];
    return b.node('LayerNormalization', inputs, x.dims, { axis: { int: -1 }, epsilon: { float: 1e-5 } });
  });
}
