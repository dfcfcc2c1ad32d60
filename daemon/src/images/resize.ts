import type { RgbImage } from './decode.js';

export interface Size {
  width: number;
  height: number;
}

/**
 * The resamplers of published code, reproduced to the grey level. Each aligns pixel centres, so content keeps its relative
 * position when the image shrinks or grows.
 */
const RESAMPLERS = {
  /** PIL's `Image.resize` with `BICUBIC`: a = −0.5, antialiased when it downscales. */
  'pil-bicubic': (image: RgbImage, size: Size) => resamplePil(image, size, BICUBIC),
  /** PIL's `Image.resize` with `LANCZOS`: three lobes, antialiased when it downscales. */
  lanczos: (image: RgbImage, size: Size) => resamplePil(image, size, LANCZOS),
  /** `cv2.resize` with `INTER_LINEAR`: four pixels, never antialiased. */
  'opencv-bilinear': resampleOpenCv,
} as const;

export type Resampling = keyof typeof RESAMPLERS;

/** Resamples to exactly `size`. Returns the image itself if it has that size. */
export function resizeRgb(image: RgbImage, size: Size, resampling: Resampling): RgbImage {
  if (image.width === size.width && image.height === size.height) return image;
  return RESAMPLERS[resampling](image, size);
}

/** A filter of PIL: an even function, zero beyond `support` pixels. */
interface PilFilter {
  support: number;
  weightAt: (x: number) => number;
}

/** Sharpness of the cubic convolution: PIL's choice. */
const CUBIC_A = -0.5;

/** Cubic convolution (Keys, Cubic Convolution Interpolation for Digital Image Processing, 1981). */
const BICUBIC: PilFilter = {
  support: 2,
  weightAt(offset) {
    const x = Math.abs(offset);
    if (x < 1) return ((CUBIC_A + 2) * x - (CUBIC_A + 3)) * x * x + 1;
    return x < 2 ? (((x - 5) * x + 8) * x - 4) * CUBIC_A : 0;
  },
};

/** A windowed sinc with three lobes (Duchon, Lanczos Filtering in One and Two Dimensions, 1979). */
const LANCZOS: PilFilter = {
  support: 3,
  weightAt: (x) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0),
};

/** Weights are fixed-point with 22 fractional bits, so 255 times their sum fits into 32 bits. */
const WEIGHT_BITS = 22;
const PIL_ONE = 1 << WEIGHT_BITS;
const HALF = 1 << (WEIGHT_BITS - 1);

/** The source pixels of each output pixel along one axis: `counts[n]` pixels from `starts[n]` on. */
interface FilterTaps {
  starts: Int32Array;
  counts: Int32Array;
  /** (output pixels, `maxCount`) */
  weights: Int32Array;
  maxCount: number;
}

/**
 * Resamples like `Image.resize` of Pillow before version 13, equal to the grey level (`test/parity/make-resize.py`): rows
 * first, then columns, each pass rounded to 8 bits.
 */
function resamplePil(image: RgbImage, { width, height }: Size, filter: PilFilter): RgbImage {
  const wide = image.width === width ? image : resampleRows(image, filterTaps(image.width, width, filter));
  return wide.height === height ? wide : resampleColumns(wide, filterTaps(image.height, height, filter));
}

/** Downscaling stretches the filter. Pixels outside the image have no weight. */
function filterTaps(from: number, to: number, { support, weightAt }: PilFilter): FilterTaps {
  const scale = from / to;
  const stretch = Math.max(1, scale);
  const reach = support * stretch;
  const maxCount = Math.ceil(reach) * 2 + 1;
  const [starts, counts] = [new Int32Array(to), new Int32Array(to)];
  const weights = new Int32Array(to * maxCount);
  for (let n = 0; n < to; n++) {
    const middle = (n + 0.5) * scale;
    const start = Math.max(0, Math.trunc(middle - reach + 0.5));
    const count = Math.min(from, Math.trunc(middle + reach + 0.5)) - start;
    const exact = Float64Array.from({ length: count }, (_, k) => weightAt((k + start - middle + 0.5) / stretch));
    const sum = exact.reduce((total, weight) => total + weight, 0);
    for (let k = 0; k < count; k++) weights[n * maxCount + k] = Math.round(((exact[k] ?? 0) / sum) * PIL_ONE);
    starts[n] = start;
    counts[n] = count;
  }
  return { starts, counts, weights, maxCount };
}

function resampleRows({ width, height, rgb }: RgbImage, { starts, counts, weights, maxCount }: FilterTaps): RgbImage {
  const columns = starts.length;
  const resampled = new Uint8ClampedArray(3 * columns * height);
  for (let row = 0, to = 0; row < height; row++) {
    for (let n = 0; n < columns; n++, to += 3) {
      let at = 3 * (row * width + (starts[n] ?? 0));
      const end = n * maxCount + (counts[n] ?? 0);
      let red = HALF;
      let green = HALF;
      let blue = HALF;
      for (let k = n * maxCount; k < end; k++, at += 3) {
        const weight = weights[k] ?? 0;
        red = (red + Math.imul(rgb[at] ?? 0, weight)) | 0;
        green = (green + Math.imul(rgb[at + 1] ?? 0, weight)) | 0;
        blue = (blue + Math.imul(rgb[at + 2] ?? 0, weight)) | 0;
      }
      resampled[to] = red >> WEIGHT_BITS;
      resampled[to + 1] = green >> WEIGHT_BITS;
      resampled[to + 2] = blue >> WEIGHT_BITS;
    }
  }
  return { width: columns, height, rgb: new Uint8Array(resampled.buffer) };
}

function resampleColumns({ width, rgb }: RgbImage, { starts, counts, weights, maxCount }: FilterTaps): RgbImage {
  const [rows, stride] = [starts.length, 3 * width];
  const resampled = new Uint8ClampedArray(stride * rows);
  const sums = new Int32Array(stride);
  for (let n = 0; n < rows; n++) {
    sums.fill(HALF);
    for (let k = 0; k < (counts[n] ?? 0); k++) {
      const weight = weights[n * maxCount + k] ?? 0;
      const from = ((starts[n] ?? 0) + k) * stride;
      for (let i = 0; i < stride; i++) sums[i] = (sums[i] ?? 0) + Math.imul(rgb[from + i] ?? 0, weight);
    }
    for (let i = 0; i < stride; i++) resampled[n * stride + i] = (sums[i] ?? 0) >> WEIGHT_BITS;
  }
  return { width, height: rows, rgb: new Uint8Array(resampled.buffer) };
}

/** `sin(πx) / πx` */
function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/** OpenCV's weights are fixed-point with 11 fractional bits. */
const OPENCV_ONE = 2048;

/** The two source pixels of an output pixel along one axis. */
interface LinearTap {
  before: number;
  after: number;
  beforeWeight: number;
  afterWeight: number;
}

/**
 * Resamples like `cv2.resize` with `INTER_LINEAR`, equal to the grey level (`test/parity/make-resize.py`): along rows, then
 * between rows, in fixed point. OpenCV switches to `INTER_AREA` when it halves both sides, with the same result.
 */
function resampleOpenCv(image: RgbImage, { width, height }: Size): RgbImage {
  const columns = linearTaps(image.width, width);
  const stride = 3 * width;
  const rgb = new Uint8Array(stride * height);
  let [above, below] = [new Int32Array(stride), new Int32Array(stride)];
  let [rowAbove, rowBelow] = [-1, -1];
  for (const [n, tap] of linearTaps(image.height, height).entries()) {
    // upscaling: the lower row of one output row is often the upper row of the next
    if (rowBelow === tap.before) [above, below, rowAbove, rowBelow] = [below, above, rowBelow, rowAbove];
    if (rowAbove !== tap.before) interpolateRow(image, tap.before, columns, above);
    if (rowBelow !== tap.after) interpolateRow(image, tap.after, columns, below);
    [rowAbove, rowBelow] = [tap.before, tap.after];
    blendRows(above, below, tap, rgb.subarray(n * stride, (n + 1) * stride));
  }
  return { width, height, rgb };
}

/** Positions are rounded to single precision, as in OpenCV. Edge pixels repeat beyond the edge. */
function linearTaps(from: number, to: number): LinearTap[] {
  const scale = from / to;
  const inside = (at: number) => Math.min(Math.max(at, 0), from - 1);
  return Array.from({ length: to }, (_, n) => {
    const at = Math.fround((n + 0.5) * scale - 0.5);
    const part = at - Math.floor(at);
    return {
      before: inside(Math.floor(at)),
      after: inside(Math.floor(at) + 1),
      beforeWeight: roundToEven((1 - part) * OPENCV_ONE),
      afterWeight: roundToEven(part * OPENCV_ONE),
    };
  });
}

/** Interpolates within one row, in 128ths of a grey level. */
function interpolateRow({ width, rgb }: RgbImage, row: number, columns: readonly LinearTap[], into: Int32Array): void {
  const start = 3 * row * width;
  let to = 0;
  for (const { before, after, beforeWeight, afterWeight } of columns) {
    for (let c = 0; c < 3; c++) {
      const left = (rgb[start + 3 * before + c] ?? 0) * beforeWeight;
      into[to++] = (left + (rgb[start + 3 * after + c] ?? 0) * afterWeight) >> 4;
    }
  }
}

/** Each product is truncated on its own, as in OpenCV. */
function blendRows(
  above: Int32Array,
  below: Int32Array,
  { beforeWeight, afterWeight }: LinearTap,
  into: Uint8Array,
): void {
  for (let i = 0; i < into.length; i++) {
    const quarters = (((above[i] ?? 0) * beforeWeight) >> 16) + (((below[i] ?? 0) * afterWeight) >> 16);
    into[i] = (quarters + 2) >> 2;
  }
}

/** Rounds half to even. */
function roundToEven(value: number): number {
  const floor = Math.floor(value);
  const odd = floor % 2;
  return value - floor === 0.5 ? floor + odd : Math.round(value);
}
