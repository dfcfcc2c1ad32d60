import type { GraphBuilder, Value } from '../onnx/graph-builder.js';
import { add, fromRows, groupNorm, linear, multiply, nchw, reshape, split, toRows, transpose } from '../onnx/ops.js';
import type { NormOptions } from './resnet-block.js';
import type { AttentionNames } from './tensor-names.js';

/**
 * Limit for ONNX Runtime's flash attention (Dao et al., 2022) on the CPU. It is faster than matrix products for heads of 40
 * to 160 channels, and 1.4 times slower for the single head of 512 in Stable Diffusion's VAE at 96×96 cells.
 */
const FLASH_HEAD_CHANNELS = 256;
/** Queries per tile of the matrix products; larger tiles are no faster. */
const TILE_QUERIES = 512;

export interface AttentionInputs {
  /** (n, c), heads side by side in c. */
  queries: Value;
  /** (m, c) */
  keys: Value;
  /** (m, c) */
  values: Value;
}

/**
 * Multi-head attention, softmax(q·kᵀ/√d)·v → (n, c). Never holds all n×m scores of a head: at 96×96 cells and five heads
 * they take 1.7 GB. Providers other than the CPU use matrix products: ONNX Runtime's operator is off by a tenth on WebGPU,
 * and computes the scores of a float16 graph in float16.
 */
export function attention(b: GraphBuilder, inputs: AttentionInputs, { heads }: { heads: number }): Value {
  const headChannels = Number(inputs.queries.dims[1]) / heads;
  const flash = b.target.provider === 'cpu' && headChannels <= FLASH_HEAD_CHANNELS;
  return flash ? flashAttention(b, inputs, heads) : tiledAttention(b, inputs, heads);
}

/** With ONNX Runtime's own operator. */
function flashAttention(b: GraphBuilder, inputs: AttentionInputs, heads: number): Value {
  const batch = (rows: Value) => reshape(b, rows, [1, Number(rows.dims[0]), Number(rows.dims[1])]);
  const queries = batch(inputs.queries);
  const operands = [queries, batch(inputs.keys), batch(inputs.values)];
  const attended = b.node('com.microsoft.MultiHeadAttention', operands, queries.dims, { num_heads: { int: heads } });
  return reshape(b, attended, inputs.queries.dims.map(Number));
}

/** With matrix products, one tile of queries at a time, with scores in float32. */
function tiledAttention(b: GraphBuilder, inputs: AttentionInputs, heads: number): Value {
  const [n = 0, c = 0] = inputs.queries.dims.map(Number);
  const m = Number(inputs.keys.dims[0]);
  const d = c / heads;
  const scale = b.constant([1], Float32Array.of(1 / Math.sqrt(d)));
  const queries = transpose(b, reshape(b, multiply(b, inputs.queries, scale), [n, heads, d]), [1, 0, 2]);
  const keys = transpose(b, reshape(b, inputs.keys, [m, heads, d]), [1, 2, 0]);
  const values = transpose(b, reshape(b, inputs.values, [m, heads, d]), [1, 0, 2]);
  const tiles: Value[] = [];
  for (let begin = 0; begin < n; begin += TILE_QUERIES) {
    const size = Math.min(TILE_QUERIES, n - begin);
    const tile = b.node('Slice', [queries, b.int64(begin), b.int64(begin + size), b.int64(1)], [heads, size, d]);
    const weights = b.inFloat32([tile, keys], (wideTile, wideKeys) => {
      const scores = b.node('MatMul', [wideTile, wideKeys], [heads, size, m]);
      return b.node('Softmax', [scores], scores.dims, { axis: { int: -1 } });
    });
    tiles.push(b.node('MatMul', [weights, values], [heads, size, d]));
  }
  const attended = b.node('Concat', tiles, [heads, n, d], { axis: { int: 1 } });
  return reshape(b, transpose(b, attended, [1, 0, 2]), [n, c]);
}

/** Self-attention over all cells of a (1,c,h,w) value: `x + out(attention(qkv(norm(x))))`. */
export function attentionBlock(
  b: GraphBuilder,
  x: Value,
  prefix: string,
  options: { names: AttentionNames; heads: number; norm: NormOptions },
): Value {
  const [, c, h, w] = nchw(x);
  const { names, heads, norm } = options;
  const rows = toRows(b, groupNorm(b, x, `${prefix}.${names.norm}`, norm));
  const attended = attention(b, project(b, rows, prefix, names, heads), { heads });
  const out = linear(b, attended, `${prefix}.${names.out}`, c, { kernel: names.kernel });
  return add(b, x, fromRows(b, out, h, w));
}

/** Queries, keys and values of the rows, heads side by side. */
function project(b: GraphBuilder, rows: Value, prefix: string, names: AttentionNames, heads: number) {
  const n = Number(rows.dims[0]);
  const c = Number(rows.dims[1]);
  const { projections, kernel } = names;
  const layer = (name: string, channels: number) => linear(b, rows, `${prefix}.${name}`, channels, { kernel });
  if ('q' in projections) {
    return { queries: layer(projections.q, c), keys: layer(projections.k, c), values: layer(projections.v, c) };
  }
  const qkv = layer(projections.qkv, 3 * c);
  const perHead = projections.order === 'head-qkv';
  const parts = perHead ? split(b, reshape(b, qkv, [n, heads, 3, c / heads]), 2, 3) : split(b, qkv, 1, 3);
  const [queries, keys, values] = parts.map((part) => (perHead ? reshape(b, part, [n, c]) : part));
  if (queries === undefined || keys === undefined || values === undefined) throw new Error('Split has three outputs');
  return { queries, keys, values };
}
