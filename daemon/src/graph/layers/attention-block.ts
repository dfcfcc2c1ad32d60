import type { GraphBuilder, Value } from '../onnx/graph-builder.js';
import { add, fromRows, groupNorm, linear, nchw, reshape, split, toRows } from '../onnx/ops.js';
import { attention } from './attention.js';
import type { NormOptions } from './resnet-block.js';
import type { AttentionNames } from './tensor-names.js';

/** Self-attention over all cells of a (1,c,h,w) value: `x + out(attend(qkv(norm(x))))`. */
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
