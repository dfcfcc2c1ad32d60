import type { GraphBuilder, Value } from '../onnx/graph-builder.js';
import { reshape } from '../onnx/ops.js';
import { matrixDims } from '../onnx/transformer-ops.js';
import { bicubicMatrix, type PositionInterpolation } from './bicubic-matrix.js';

/**
 * Position embeddings of a square grid (side², channels), stretched to rows×columns cells: (rows·columns, channels).
 * Two products with constant matrices, which ONNX Runtime folds at load, in float32 only; the weights are not read here.
 */
export function interpolatePositions(
  b: GraphBuilder,
  grid: Value,
  to: { rows: number; columns: number },
  interpolation: PositionInterpolation,
): Value {
  const [cells, channels] = matrixDims(grid);
  const side = Math.sqrt(cells);
  const { rows, columns } = to;
  return b.inFloat32([grid], (native) => {
    const down = b.constant([rows, side], bicubicMatrix(side, rows, interpolation));
    const across = b.constant([columns, side], bicubicMatrix(side, columns, interpolation));
    const tall = b.node('MatMul', [down, reshape(b, native, [side, side * channels])], [rows, side * channels]);
    const wide = b.node('MatMul', [across, reshape(b, tall, [rows, side, channels])], [rows, columns, channels]);
    return reshape(b, wide, [rows * columns, channels]);
  });
}
