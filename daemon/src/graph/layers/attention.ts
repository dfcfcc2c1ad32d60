import type { GraphBuilder, Value } from '../onnx/graph-builder.js';
import { multiply, reshape, transpose } from '../onnx/ops.js';

/**
 * Which formulation to use on the CPU. ONNX Runtime's flash attention (Dao et al., 2022) is the faster one for heads of 40
 * to 160 channels, and the slower one (by 1.4 at 96×96 cells) for the single head of 512 in Stable Diffusion's VAE.
 */
const FLASH_HEAD_CHANNELS = 256;
/** Queries whose scores are held at a time otherwise; larger tiles are no faster. */
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
 * Multi-head attention, softmax(q·kᵀ/√d)·v → (n, c). All the n×m scores of a head are never held at once: at 96×96 cells
 * and five heads they would be 1.7 GB. Other providers than the CPU get matrix products: ONNX Runtime's own operator was off
 * by a tenth on WebGPU, and would keep the scores of a float16 graph in float16.
 */
export function attention(b: GraphBuilder, inputs: AttentionInputs, { heads }: { heads: number }): Value {
  const headChannels = Number(inputs.queries.dims[1]) / heads;
  const flash = b.target.provider === 'cpu' && headChannels <= FLASH_HEAD_CHANNELS;
  return flash ? flashAttention(b, inputs, heads) : tiledAttention(b, inputs, heads);
}

/** By ONNX Runtime's own operator. */
function flashAttention(b: GraphBuilder, inputs: AttentionInputs, heads: number): Value {
  const batch = (rows: Value) => reshape(b, rows, [1, Number(rows.dims[0]), Number(rows.dims[1])]);
  const queries = batch(inputs.queries);
  const operands = [queries, batch(inputs.keys), batch(inputs.values)];
  const attended = b.node('com.microsoft.MultiHeadAttention', operands, queries.dims, { num_heads: { int: heads } });
  return reshape(b, attended, inputs.queries.dims.map(Number));
}

/** By matrix products, some queries after the others, with scores in float32. */
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
