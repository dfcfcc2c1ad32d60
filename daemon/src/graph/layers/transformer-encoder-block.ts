import type { GraphBuilder, Value } from '../onnx/graph-builder.js';
import { add } from '../onnx/ops.js';
import {
  type Activation,
  activate,
  type LayerNames,
  layerNorm,
  linearRows,
  maskedAttention,
  matrixDims,
} from '../onnx/transformer-ops.js';
import { attention } from './attention.js';

/** Query, key and value projections: three layers, or a single one with the outputs in that order. */
export type ProjectionNames = { query: LayerNames; key: LayerNames; value: LayerNames } | { qkv: LayerNames };

/** Tensor names of an encoder block. */
export interface EncoderBlockNames {
  norm1: LayerNames;
  projections: ProjectionNames;
  out: LayerNames;
  norm2: LayerNames;
  /** In a SwiGLU, the outputs of the gate come first. */
  fc1: LayerNames;
  fc2: LayerNames;
  /** LayerScale vectors (channels) after the attention and after the MLP, in some networks. */
  layerScales?: readonly [string, string];
}

export interface EncoderBlockOptions {
  heads: number;
  mlpChannels: number;
  /** `swiglu`: the MLP is `fc_2(silu(a)·b)` with `[a, b] = fc_1(x)`, as in DINOv2 giant (Shazeer, GLU Variants, 2020). */
  activation: Activation | 'swiglu';
  eps: number;
}

export interface Projections {
  query: Value;
  key: Value;
  value: Value;
}

/**
 * Pre-norm transformer encoder block on a (tokens, channels) value:
 * `x + s₁·out(attention(norm_1(x)))`, then `x + s₂·fc_2(act(fc_1(norm_2(x))))`.
 * @param mask (tokens, tokens), added to the attention scores
 */
export function transformerEncoderBlock(
  b: GraphBuilder,
  x: Value,
  names: EncoderBlockNames,
  options: EncoderBlockOptions,
  mask?: Value,
): Value {
  const [, channels] = matrixDims(x);
  const { heads, eps } = options;
  const { query: queries, key: keys, value: values } = encoderBlockProjections(b, x, names, eps);
  const projected = { queries, keys, values };
  const attended =
    mask === undefined ? attention(b, projected, { heads }) : maskedAttention(b, projected, { heads, mask });
  const h = add(b, x, layerScale(b, linearRows(b, attended, names.out, channels), names.layerScales?.[0]));
  const hidden = mlpHidden(b, layerNorm(b, h, names.norm2, eps), names.fc1, options);
  return add(b, h, layerScale(b, linearRows(b, hidden, names.fc2, channels), names.layerScales?.[1]));
}

/** Queries, keys and values of `x`, each (tokens, channels), heads side by side. */
export function encoderBlockProjections(
  b: GraphBuilder,
  x: Value,
  { norm1, projections }: EncoderBlockNames,
  eps: number,
): Projections {
  const [tokens, channels] = matrixDims(x);
  const normed = layerNorm(b, x, norm1, eps);
  if (!('qkv' in projections)) {
    return {
      query: linearRows(b, normed, projections.query, channels),
      key: linearRows(b, normed, projections.key, channels),
      value: linearRows(b, normed, projections.value, channels),
    };
  }
  const fused = linearRows(b, normed, projections.qkv, 3 * channels);
  const dims = Array.from({ length: 3 }, () => [tokens, channels]);
  const [query, key, value] = b.nodes('Split', [fused], dims, { axis: { int: 1 }, num_outputs: { int: 3 } });
  if (query === undefined || key === undefined || value === undefined) throw new Error('Split has three outputs');
  return { query, key, value };
}

function mlpHidden(
  b: GraphBuilder,
  x: Value,
  fc1: LayerNames,
  { mlpChannels, activation }: EncoderBlockOptions,
): Value {
  if (activation !== 'swiglu') return activate(b, linearRows(b, x, fc1, mlpChannels), activation);
  const [tokens] = matrixDims(x);
  const dims = [tokens, mlpChannels];
  const both = linearRows(b, x, fc1, 2 * mlpChannels);
  const [gate, up] = b.nodes('Split', [both], [dims, dims], { axis: { int: 1 }, num_outputs: { int: 2 } });
  if (gate === undefined || up === undefined) throw new Error('Split has two outputs');
  const silu = b.node('Mul', [gate, b.node('Sigmoid', [gate], dims)], dims);
  return b.node('Mul', [silu, up], dims);
}

function layerScale(b: GraphBuilder, x: Value, name: string | undefined): Value {
  if (name === undefined) return x;
  const [, channels] = matrixDims(x);
  return b.node('Mul', [x, b.weight(name, [channels])], x.dims);
}
