import type { GraphBuilder, Value } from '../onnx/graph-builder.js';
import { add, conv2d, groupNorm, nchw, reshape, transpose } from '../onnx/ops.js';
import type { NormOptions } from './resnet-block.js';

/** Self-attention over all cells: `x + out(attend(qkv(norm(x))))`, heads of `headChannels`. */
export function attentionBlock(
  b: GraphBuilder,
  x: Value,
  prefix: string,
  options: { headChannels: number; norm: NormOptions },
): Value {
  const [n, c, h, w] = nchw(x);
  const { headChannels, norm } = options;
  const heads = c / headChannels;
  const qkv = conv2d(b, groupNorm(b, x, `${prefix}.norm`, norm), `${prefix}.qkv`, { outChannels: 3 * c, kernel: 1 });
  const parts = b.nodes(
    'Split',
    [reshape(b, qkv, [n, 3 * heads, headChannels, h * w])],
    Array.from({ length: 3 }, () => [n, heads, headChannels, h * w]),
    { axis: { int: 1 }, num_outputs: { int: 3 } },
  );
  const [q, k, v] = parts;
  if (q === undefined || k === undefined || v === undefined) throw new Error('Split has three outputs');
  const attended = attend(b, q, k, v);
  return add(b, x, conv2d(b, reshape(b, attended, [n, c, h, w]), `${prefix}.out`, { outChannels: c, kernel: 1 }));
}

/** softmax(qᵀk/√d)·v for (n, heads, d, cells) values; returns the same shape. */
function attend(b: GraphBuilder, q: Value, k: Value, v: Value): Value {
  const [n, heads, d, cells] = nchw(q);
  const scale = b.constant([1], Float32Array.of(1 / Math.sqrt(d)));
  const queries = transpose(b, b.node('Mul', [q, scale], q.dims), [0, 1, 3, 2]);
  const scores = b.node('MatMul', [queries, k], [n, heads, cells, cells]);
  const weights = b.node('Softmax', [scores], scores.dims, { axis: { int: -1 } });
  const values = b.node('MatMul', [weights, transpose(b, v, [0, 1, 3, 2])], [n, heads, cells, d]);
  return transpose(b, values, [0, 1, 3, 2]);
}
