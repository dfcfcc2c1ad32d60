import type { GraphBuilder, Value } from './graph-builder.js';
import { add, reshape, transpose } from './ops.js';

/** Names of the tensors of one linear or normalisation layer. */
export interface LayerNames {
  weight: string;
  /** Absent for layers without a bias. */
  bias?: string;
}

/** `<prefix>.weight` and `<prefix>.bias`, the usual names. */
export function namesUnder(prefix: string): LayerNames {
  return { weight: `${prefix}.weight`, bias: `${prefix}.bias` };
}

/** Sizes of a (tokens, channels) value. @throws if a dimension is unknown at compile time */
export function matrixDims(x: Value): [number, number] {
  const [rows, columns, ...rest] = x.dims;
  if (typeof rows !== 'number' || typeof columns !== 'number' || rest.length > 0) {
    throw new Error(`${x.name} is not a matrix of known size`);
  }
  return [rows, columns];
}

/** y = x·Wᵀ + b for every row of a (tokens, channels) value; weights as stored, (out,in). */
export function linearRows(b: GraphBuilder, x: Value, names: LayerNames, outChannels: number): Value {
  const [rows, channels] = matrixDims(x);
  const inputs = [x, b.weight(names.weight, [outChannels, channels])];
  if (names.bias !== undefined) inputs.push(b.weight(names.bias, [outChannels]));
  return b.node('Gemm', inputs, [rows, outChannels], { transB: { int: 1 } });
}

/** LayerNorm over the channels of a (tokens, channels) value; in float32. */
export function layerNorm(b: GraphBuilder, x: Value, names: LayerNames, eps: number): Value {
  const [, channels] = matrixDims(x);
  return b.inFloat32([x], (wide) => {
    const inputs = [wide, b.weight(names.weight, [channels])];
    if (names.bias !== undefined) inputs.push(b.weight(names.bias, [channels]));
    return b.node('LayerNormalization', inputs, x.dims, { axis: { int: -1 }, epsilon: { float: eps } });
  });
}

export const ACTIVATIONS = ['gelu', 'quick_gelu'] as const;
export type Activation = (typeof ACTIVATIONS)[number];

/** Slope of the sigmoid in OpenAI's approximation of GELU. */
const QUICK_GELU_SLOPE = 1.702;

/** `gelu`: exact, x·Φ(x). `quick_gelu`: x·sigmoid(1.702·x), used by OpenAI's CLIP. */
export function activate(b: GraphBuilder, x: Value, activation: Activation): Value {
  if (activation === 'gelu') return b.node('Gelu', [x], x.dims);
  const slope = b.constant([1], Float32Array.of(QUICK_GELU_SLOPE));
  return b.node('Mul', [x, b.node('Sigmoid', [b.node('Mul', [x, slope], x.dims)], x.dims)], x.dims);
}

/**
 * Multi-head softmax(q·kᵀ/√d + mask)·v, (n, channels) queries and (m, channels) keys and values → (n, channels). Holds all
 * scores at once, in float32: meant for the tokens of a prompt or the elements of an image.
 * @param mask (n, m) or (1, m), added to the scores of every head
 */
export function maskedAttention(
  b: GraphBuilder,
  { queries, keys, values }: { queries: Value; keys: Value; values: Value },
  { heads, mask }: { heads: number; mask: Value },
): Value {
  const [n, channels] = matrixDims(queries);
  const [m] = matrixDims(keys);
  const d = channels / heads;
  const split = (x: Value, permutation: readonly number[]) =>
    transpose(b, reshape(b, x, [matrixDims(x)[0], heads, d]), permutation);
  const scale = b.constant([1], Float32Array.of(1 / Math.sqrt(d)));
  const scaled = split(b.node('Mul', [queries, scale], queries.dims), [1, 0, 2]);
  const weights = b.inFloat32([scaled, split(keys, [1, 2, 0]), mask], (wideQueries, wideKeys, wideMask) => {
    const scores = b.node('MatMul', [wideQueries, wideKeys], [heads, n, m]);
    return b.node('Softmax', [add(b, scores, wideMask)], scores.dims, { axis: { int: -1 } });
  });
  const attended = b.node('MatMul', [weights, split(values, [1, 0, 2])], [heads, n, d]);
  return reshape(b, transpose(b, attended, [1, 0, 2]), [n, channels]);
}

/** Rows `from` up to, not including, `to` of a (tokens, channels) value. */
export function sliceRows(b: GraphBuilder, x: Value, from: number, to: number): Value {
  const [, channels] = matrixDims(x);
  return b.node('Slice', [x, b.int64(from), b.int64(to), b.int64(0)], [to - from, channels]);
}

/** Concatenates (tokens, channels) values along the tokens. */
export function concatRows(b: GraphBuilder, values: readonly [Value, ...Value[]]): Value {
  const [, channels] = matrixDims(values[0]);
  const rows = values.reduce((sum, value) => sum + matrixDims(value)[0], 0);
  return b.node('Concat', values, [rows, channels], { axis: { int: 0 } });
}
