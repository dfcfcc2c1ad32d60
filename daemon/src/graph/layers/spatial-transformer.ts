import type { GraphBuilder, Value } from '../onnx/graph-builder.js';
import { add, fromRows, gelu, groupNorm, layerNorm, linear, multiply, nchw, split, toRows } from '../onnx/ops.js';
import { attention } from './attention.js';

const GROUP_NORM_EPS = 1e-6;
const LAYER_NORM_EPS = 1e-5;
const FEED_FORWARD_FACTOR = 4;

export interface SpatialTransformerOptions {
  heads: number;
  groups: number;
  blocks: number;
  /** Input and output projections are linear layers (SD 2.x) rather than pointwise convolutions (SD 1.x). */
  linearProjection: boolean;
  /** Text states (tokens, channels) for cross-attention. */
  text: Value;
}

/**
 * Stable Diffusion's transformer over the cells of a (1,c,h,w) value, with a residual connection
 * (`Transformer2DModel` of diffusers; Rombach et al., 2022, section 3.3).
 */
export function spatialTransformer(
  b: GraphBuilder,
  x: Value,
  prefix: string,
  options: SpatialTransformerOptions,
): Value {
  const [, c, h, w] = nchw(x);
  const { groups, blocks, linearProjection } = options;
  const kernel: readonly 1[] = linearProjection ? [] : [1, 1];
  const normalised = groupNorm(b, x, `${prefix}.norm`, { groups, eps: GROUP_NORM_EPS });
  let rows = linear(b, toRows(b, normalised), `${prefix}.proj_in`, c, { kernel });
  for (let block = 0; block < blocks; block++) {
    rows = transformerBlock(b, rows, `${prefix}.transformer_blocks.${block}`, options);
  }
  return add(b, x, fromRows(b, linear(b, rows, `${prefix}.proj_out`, c, { kernel }), h, w));
}

/** Self-attention, cross-attention to the text, feed-forward; pre-norm, each with a residual connection. */
function transformerBlock(b: GraphBuilder, x: Value, prefix: string, options: SpatialTransformerOptions): Value {
  const { heads, text } = options;
  const norm = (rows: Value, name: string) => layerNorm(b, rows, `${prefix}.${name}`, LAYER_NORM_EPS);
  const own = norm(x, 'norm1');
  let h = add(b, x, attend(b, own, own, `${prefix}.attn1`, heads));
  h = add(b, h, attend(b, norm(h, 'norm2'), text, `${prefix}.attn2`, heads));
  return add(b, h, feedForward(b, norm(h, 'norm3'), `${prefix}.ff`));
}

function attend(b: GraphBuilder, rows: Value, context: Value, prefix: string, heads: number): Value {
  const c = Number(rows.dims[1]);
  const queries = linear(b, rows, `${prefix}.to_q`, c, { bias: false });
  const keys = linear(b, context, `${prefix}.to_k`, c, { bias: false });
  const values = linear(b, context, `${prefix}.to_v`, c, { bias: false });
  return linear(b, attention(b, { queries, keys, values }, { heads }), `${prefix}.to_out.0`, c);
}

/** GEGLU (Shazeer, GLU Variants Improve Transformer, 2020): the first half of the hidden units, gated by the second. */
function feedForward(b: GraphBuilder, rows: Value, prefix: string): Value {
  const c = Number(rows.dims[1]);
  const [hidden, gate] = split(b, linear(b, rows, `${prefix}.net.0.proj`, 2 * FEED_FORWARD_FACTOR * c), 1, 2);
  if (hidden === undefined || gate === undefined) throw new Error('Split has two outputs');
  return linear(b, multiply(b, hidden, gelu(b, gate)), `${prefix}.net.2`, c);
}
