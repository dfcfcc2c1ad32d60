import type { GraphBuilder, Value } from '../onnx/graph-builder.js';
import { reshape } from '../onnx/ops.js';

/**
 * Multi-head attention, softmax(q·kᵀ/√d)·v: queries (n, c), keys and values (m, c) → (n, c). The heads lie side by side in c.
 *
 * ONNX Runtime's own operator never holds all the scores: on the CPU it is flash attention (Dao et al., 2022).
 */
export function attention(
  b: GraphBuilder,
  inputs: { queries: Value; keys: Value; values: Value },
  options: { heads: number },
): Value {
  const batch = (rows: Value) => reshape(b, rows, [1, Number(rows.dims[0]), Number(rows.dims[1])]);
  const queries = batch(inputs.queries);
  const operands = [queries, batch(inputs.keys), batch(inputs.values)];
  const attended = b.node('com.microsoft.MultiHeadAttention', operands, queries.dims, {
    num_heads: { int: options.heads },
  });
  return reshape(b, attended, inputs.queries.dims.map(Number));
}
