import type { GraphBuilder, Value } from './graph-builder.js';

/** Sizes of an NCHW value. @throws if a dimension is unknown at compile time */
export function nchw(x: Value): [number, number, number, number] {
  const [n, c, h, w] = x.dims;
  if (typeof n !== 'number' || typeof c !== 'number' || typeof h !== 'number' || typeof w !== 'number') {
    throw new Error(`${x.name} is not an NCHW value of known size`);
  }
  return [n, c, h, w];
}

/** Rows and columns of padding around an image. */
export interface Padding {
  top: number;
  left: number;
  bottom: number;
  right: number;
}

/**
 * k×k convolution; weights `<prefix>.weight` (out,in,k,k) and, unless `bias` is false, `<prefix>.bias`.
 * The default padding keeps h and w at stride 1.
 */
export function conv2d(
  b: GraphBuilder,
  x: Value,
  prefix: string,
  options: { outChannels: number; kernel: number; stride?: number; padding?: Padding; bias?: boolean },
): Value {
  const [n, c, h, w] = nchw(x);
  const { outChannels, kernel, stride = 1, bias = true } = options;
  const same = (kernel - 1) / 2;
  const { top, left, bottom, right } = options.padding ?? { top: same, left: same, bottom: same, right: same };
  const outSize = (padded: number) => Math.floor((padded - kernel) / stride) + 1;
  const weight = b.weight(`${prefix}.weight`, [outChannels, c, kernel, kernel]);
  return b.node(
    'Conv',
    bias ? [x, weight, b.weight(`${prefix}.bias`, [outChannels])] : [x, weight],
    [n, outChannels, outSize(h + top + bottom), outSize(w + left + right)],
    {
      kernel_shape: { ints: [kernel, kernel] },
      strides: { ints: [stride, stride] },
      pads: { ints: [top, left, bottom, right] },
    },
  );
}

/**
 * y = x·Wᵀ + b for the rows of x; weights as stored, (out,in).
 * @param options.kernel trailing dimensions of 1 if the weight is stored as that of a pointwise convolution
 */
export function linear(
  b: GraphBuilder,
  x: Value,
  prefix: string,
  outChannels: number,
  options: { bias?: boolean; kernel?: readonly 1[] } = {},
): Value {
  const { bias = true, kernel = [] } = options;
  const shape = [outChannels, Number(x.dims[1])];
  const stored = b.weight(`${prefix}.weight`, [...shape, ...kernel]);
  const weight = kernel.length === 0 ? stored : reshape(b, stored, shape);
  const inputs = bias ? [x, weight, b.weight(`${prefix}.bias`, [outChannels])] : [x, weight];
  return b.node('Gemm', inputs, [Number(x.dims[0]), outChannels], { transB: { int: 1 } });
}

/** LayerNorm of every row, with affine weights; in float32. */
export function layerNorm(b: GraphBuilder, x: Value, prefix: string, eps: number): Value {
  const channels = Number(x.dims.at(-1));
  return b.inFloat32([x], (wide) => {
    const inputs = [wide, b.weight(`${prefix}.weight`, [channels]), b.weight(`${prefix}.bias`, [channels])];
    return b.node('LayerNormalization', inputs, x.dims, { axis: { int: -1 }, epsilon: { float: eps } });
  });
}

export interface GroupNormOptions {
  groups: number;
  eps: number;
  /** Values (1, channels) that turn the result y into y·(1 + scale) + shift. */
  modulation?: { scale: Value; shift: Value };
}

/**
 * GroupNorm with affine weights, as Reshape + InstanceNormalization, which every provider runs; in float32, since
 * squared activations overflow half precision.
 * Source: Wu & He, Group Normalization, ECCV 2018.
 */
export function groupNorm(b: GraphBuilder, x: Value, prefix: string, options: GroupNormOptions): Value {
  const { modulation, ...rest } = options;
  if (modulation === undefined) return b.inFloat32([x], (wide) => wideGroupNorm(b, wide, prefix, rest));
  return b.inFloat32([x, modulation.scale, modulation.shift], (wide, scale, shift) =>
    wideGroupNorm(b, wide, prefix, { ...rest, modulation: { scale, shift } }),
  );
}

function wideGroupNorm(b: GraphBuilder, x: Value, prefix: string, options: GroupNormOptions): Value {
  const [n, c, h, w] = nchw(x);
  const { groups, eps, modulation } = options;
  const grouped = reshape(b, x, [n, groups, (c / groups) * h * w]);
  const ones = b.constant([groups], new Float32Array(groups).fill(1));
  const zeros = b.constant([groups], new Float32Array(groups));
  const normalised = b.node('InstanceNormalization', [grouped, ones, zeros], grouped.dims, { epsilon: { float: eps } });
  let scale = reshape(b, b.weight(`${prefix}.weight`, [c]), [1, c]);
  let shift = reshape(b, b.weight(`${prefix}.bias`, [c]), [1, c]);
  if (modulation !== undefined) {
    // applied to the affine weights, at no cost per pixel
    const factor = add(b, modulation.scale, b.constant([1], Float32Array.of(1)));
    scale = multiply(b, scale, factor);
    shift = add(b, multiply(b, shift, factor), modulation.shift);
  }
  const scaled = multiply(b, reshape(b, normalised, [n, c, h, w]), reshape(b, scale, [1, c, 1, 1]));
  return add(b, scaled, reshape(b, shift, [1, c, 1, 1]));
}

/** x·sigmoid(x) */
export function silu(b: GraphBuilder, x: Value): Value {
  return b.node('Mul', [x, b.node('Sigmoid', [x], x.dims)], x.dims);
}

/** Element-wise sum; `y` may broadcast to the shape of `x`. */
export function add(b: GraphBuilder, x: Value, y: Value): Value {
  return b.node('Add', [x, y], x.dims);
}

/** Element-wise product; `y` may broadcast to the shape of `x`. */
export function multiply(b: GraphBuilder, x: Value, y: Value): Value {
  return b.node('Mul', [x, y], x.dims);
}

/** max(x, 0) */
export function relu(b: GraphBuilder, x: Value): Value {
  return b.node('Relu', [x], x.dims);
}

/** x·Φ(x), with the exact error function. */
export function gelu(b: GraphBuilder, x: Value): Value {
  return b.node('Gelu', [x], x.dims);
}

/** Splits a value into `parts` of equal size along one axis. */
export function split(b: GraphBuilder, x: Value, axis: number, parts: number): Value[] {
  const dims = x.dims.map((size, index) => (index === axis ? Number(size) / parts : size));
  const outputs = Array.from({ length: parts }, () => dims);
  return b.nodes('Split', [x], outputs, { axis: { int: axis }, num_outputs: { int: parts } });
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

/** Upsamples h and w by a whole factor: `linear` with half-pixel centres and clamped edges, or `nearest`. */
export function upsample(b: GraphBuilder, x: Value, factor: number, mode: 'nearest' | 'linear'): Value {
  const [n, c, h, w] = nchw(x);
  const none = { name: '', dims: [] };
  const dims = [n, c, h * factor, w * factor];
  const placement = mode === 'linear' ? 'half_pixel' : 'asymmetric';
  return b.node('Resize', [x, none, none, b.int64(...dims)], dims, {
    mode: { string: mode },
    coordinate_transformation_mode: { string: placement },
    nearest_mode: { string: 'floor' },
  });
}

/** Resizes h and w like PyTorch's `nearest`: the nearest cell towards the origin. */
export function resizeNearest(b: GraphBuilder, x: Value, size: { height: number; width: number }): Value {
  const [n, c] = nchw(x);
  const none = { name: '', dims: [] };
  const dims = [n, c, size.height, size.width];
  return b.node('Resize', [x, none, none, b.int64(...dims)], dims, {
    mode: { string: 'nearest' },
    coordinate_transformation_mode: { string: 'asymmetric' },
    nearest_mode: { string: 'floor' },
  });
}

/** Means of 2×2 blocks; an odd last row or column is dropped. */
export function averagePool2(b: GraphBuilder, x: Value): Value {
  const [n, c, h, w] = nchw(x);
  const shape = { kernel_shape: { ints: [2, 2] }, strides: { ints: [2, 2] } };
  return b.node('AveragePool', [x], [n, c, Math.floor(h / 2), Math.floor(w / 2)], shape);
}

/** The cells of a (1,c,h,w) value as rows, (h·w, c). */
export function toRows(b: GraphBuilder, x: Value): Value {
  const [, c, h, w] = nchw(x);
  return transpose(b, reshape(b, x, [c, h * w]), [1, 0]);
}

/** The inverse of {@link toRows}: (h·w, c) → (1,c,h,w). */
export function fromRows(b: GraphBuilder, rows: Value, height: number, width: number): Value {
  const channels = Number(rows.dims[1]);
  return reshape(b, transpose(b, rows, [1, 0]), [1, channels, height, width]);
}

/** Moves each patch×patch block of pixels into the channels, as PyTorch's `pixel_unshuffle` orders them. */
export function pixelUnshuffle(b: GraphBuilder, x: Value, patch: number): Value {
  const [n, c, h, w] = nchw(x);
  const blocks = reshape(b, x, [n, c, h / patch, patch, w / patch, patch]);
  return reshape(b, transpose(b, blocks, [0, 1, 3, 5, 2, 4]), [n, c * patch * patch, h / patch, w / patch]);
}

/** Scales the channel vector of every cell of an NCHW value to unit length; in float32. */
export function normaliseDescriptors(b: GraphBuilder, x: Value): Value {
  const [n, , h, w] = nchw(x);
  return b.inFloat32([x], (wide) =>
    b.node('Div', [wide, b.node('ReduceL2', [wide, b.int64(1)], [n, 1, h, w])], x.dims),
  );
}
