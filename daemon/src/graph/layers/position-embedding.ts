import type { GraphBuilder, Value } from '../onnx/graph-builder.js';
import { reshape } from '../onnx/ops.js';
import { matrixDims } from '../onnx/transformer-ops.js';

/**
 * Interpolates position embeddings of a square grid (side², channels) to rows×columns cells: (rows·columns, channels). Two
 * products with constant matrices, which ONNX Runtime folds at load, but only in float32.
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

/** How a network interpolates its position embeddings to another grid. */
export interface PositionInterpolation {
  /** Low-pass filter when the new grid is coarser, as PyTorch's `antialias=True`. */
  antialias: boolean;
  /** Added to the size of the new grid before computing the scale: 0.1 in the code of DINO and DINOv2, else 0. */
  offset: number;
}

/** Parameter `a` of Keys' cubic kernel in PyTorch, without and with the low-pass filter. */
const PLAIN_A = -0.75;
const ANTIALIAS_A = -0.5;
/** Radius of the kernel in cells. */
const REACH = 2;

/**
 * Bicubic interpolation along one axis as a matrix (outSize, inSize), row-major: PyTorch's
 * `interpolate(mode="bicubic", align_corners=False)`. Rows add up to 1.
 */
export function bicubicMatrix(inSize: number, outSize: number, interpolation: PositionInterpolation): Float32Array {
  const scale = inSize / (outSize + interpolation.offset);
  const matrix = new Float32Array(outSize * inSize);
  for (let row = 0; row < outSize; row++) {
    const taps = interpolation.antialias ? antialiasedTaps(row, scale, inSize) : plainTaps(row, scale, inSize);
    for (const { column, weight } of taps) {
      const at = row * inSize + column;
      matrix[at] = (matrix[at] ?? 0) + weight;
    }
  }
  return matrix;
}

interface Tap {
  column: number;
  weight: number;
}

/** The four nearest cells, clamped to the edges. */
function plainTaps(row: number, scale: number, inSize: number): Tap[] {
  const centre = scale * (row + 0.5) - 0.5;
  const first = Math.floor(centre) - 1;
  return [0, 1, 2, 3].map((i) => ({
    column: Math.min(inSize - 1, Math.max(0, first + i)),
    weight: cubic(centre - (first + i), PLAIN_A),
  }));
}

/** All cells under a kernel as wide as the step. Cells outside the grid are dropped and the rest normalised. */
function antialiasedTaps(row: number, scale: number, inSize: number): Tap[] {
  const stretch = Math.max(1, scale);
  const centre = scale * (row + 0.5);
  const first = Math.max(0, Math.trunc(centre - REACH * stretch + 0.5));
  const end = Math.min(inSize, Math.trunc(centre + REACH * stretch + 0.5));
  const taps = Array.from({ length: end - first }, (_, i) => ({
    column: first + i,
    weight: cubic((first + i - centre + 0.5) / stretch, ANTIALIAS_A),
  }));
  const sum = taps.reduce((total, { weight }) => total + weight, 0);
  return taps.map(({ column, weight }) => ({ column, weight: weight / sum }));
}

/** Source: Keys, Cubic convolution interpolation for digital image processing, 1981. */
function cubic(x: number, a: number): number {
  const d = Math.abs(x);
  if (d < 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
  if (d < REACH) return ((d - 5) * d + 8) * d * a - 4 * a;
  return 0;
}
