import type { GraphBuilder, Value } from './graph-builder.js';

/** Sizes of an NCHW value. @throws if a dimension is not known while the graph is written */
export function nchw(x: Value): [number, number, number, number] {
  const [n, c, h, w] = x.dims;
  if (typeof n !== 'number' || typeof c !== 'number' || typeof h !== 'number' || typeof w !== 'number') {
    throw new Error(`${x.name} is not an NCHW value of known size`);
  }
  return [n, c, h, w];
}

/** k×k convolution with bias; weights `<prefix>.weight` (out,in,k,k) and `<prefix>.bias`. Pads to keep h and w at stride 1. */
export function conv2d(
  b: GraphBuilder,
  x: Value,
  prefix: string,
  options: { outChannels: number; kernel: number; stride?: number },
): Value {
  const [n, c, h, w] = nchw(x);
  const { outChannels, kernel, stride = 1 } = options;
  const pad = (kernel - 1) / 2;
  const outSize = (size: number) => Math.floor((size + 2 * pad - kernel) / stride) + 1;
  return b.node(
    'Conv',
    [x, b.weight(`${prefix}.weight`, [outChannels, c, kernel, kernel]), b.weight(`${prefix}.bias`, [outChannels])],
    [n, outChannels, outSize(h), outSize(w)],
    {
      kernel_shape: { ints: [kernel, kernel] },
      strides: { ints: [stride, stride] },
      pads: { ints: [pad, pad, pad, pad] },
    },
  );
}

/** y = x·Wᵀ + b for a row vector; weights as stored, (out,in). */
export function linear(b: GraphBuilder, x: Value, prefix: string, outChannels: number): Value {
  const inChannels = Number(x.dims[1]);
  const weight = b.weight(`${prefix}.weight`, [outChannels, inChannels]);
  return b.node('Gemm', [x, weight, b.weight(`${prefix}.bias`, [outChannels])], [Number(x.dims[0]), outChannels], {
    transB: { int: 1 },
  });
}

/**
 * GroupNorm with affine weights, as Reshape + InstanceNormalization, which every provider runs.
 * Source: Wu & He, Group Normalization, ECCV 2018.
 */
export function groupNorm(b: GraphBuilder, x: Value, prefix: string, options: { groups: number; eps: number }): Value {
  const [n, c, h, w] = nchw(x);
  const { groups, eps } = options;
  const grouped = reshape(b, x, [n, groups, (c / groups) * h * w]);
  const ones = b.constant([groups], new Float32Array(groups).fill(1));
  const zeros = b.constant([groups], new Float32Array(groups));
  const normalised = b.node('InstanceNormalization', [grouped, ones, zeros], grouped.dims, { epsilon: { float: eps } });
  const scale = reshape(b, b.weight(`${prefix}.weight`, [c]), [1, c, 1, 1]);
  const shift = reshape(b, b.weight(`${prefix}.bias`, [c]), [1, c, 1, 1]);
  return add(b, b.node('Mul', [reshape(b, normalised, [n, c, h, w]), scale], x.dims), shift);
}

/** x·sigmoid(x) */
export function silu(b: GraphBuilder, x: Value): Value {
  return b.node('Mul', [x, b.node('Sigmoid', [x], x.dims)], x.dims);
}

/** Element-wise sum; `y` may broadcast to the shape of `x`. */
export function add(b: GraphBuilder, x: Value, y: Value): Value {
  return b.node('Add', [x, y], x.dims);
}

export function reshape(b: GraphBuilder, x: Value, dims: readonly number[]): Value {
  return b.node('Reshape', [x, b.int64(...dims)], dims);
}

export function transpose(b: GraphBuilder, x: Value, permutation: readonly number[]): Value {
  const dims = permutation.map((axis) => x.dims[axis] ?? 0);
  return b.node('Transpose', [x], dims, { perm: { ints: permutation } });
}

/** Concatenation of NCHW values along the channels. */
export function concatChannels(b: GraphBuilder, values: readonly [Value, ...Value[]]): Value {
  const [n, , h, w] = nchw(values[0]);
  const channels = values.reduce((sum, value) => sum + nchw(value)[1], 0);
  return b.node('Concat', values, [n, channels, h, w], { axis: { int: 1 } });
}

/** Enlarges h and w by a whole factor: `linear` with half-pixel centres and clamped edges, or `nearest`. */
export function upsample(b: GraphBuilder, x: Value, factor: number, mode: 'nearest' | 'linear'): Value {
  const [n, c, h, w] = nchw(x);
  const none = { name: '', dims: [] };
  const scales = b.constant([4], Float32Array.of(1, 1, factor, factor));
  const placement = mode === 'linear' ? 'half_pixel' : 'asymmetric';
  return b.node('Resize', [x, none, scales], [n, c, h * factor, w * factor], {
    mode: { string: mode },
    coordinate_transformation_mode: { string: placement },
    nearest_mode: { string: 'floor' },
  });
}

/** Moves each patch×patch block of pixels into the channels, as PyTorch's `pixel_unshuffle` orders them. */
export function pixelUnshuffle(b: GraphBuilder, x: Value, patch: number): Value {
  const [n, c, h, w] = nchw(x);
  const blocks = reshape(b, x, [n, c, h / patch, patch, w / patch, patch]);
  return reshape(b, transpose(b, blocks, [0, 1, 3, 5, 2, 4]), [n, c * patch * patch, h / patch, w / patch]);
}

/** Divides every column of an NCHW value by its Euclidean length. */
export function normaliseColumns(b: GraphBuilder, x: Value): Value {
  const [n, , h, w] = nchw(x);
  return b.node('Div', [x, b.node('ReduceL2', [x, b.int64(1)], [n, 1, h, w])], x.dims);
}
