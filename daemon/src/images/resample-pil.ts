import type { RgbImage } from './decode.js';
import type { Size } from './resize.js';

/** A filter of PIL: even, and zero from `support` pixels on. */
export interface PilFilter {
  support: number;
  weightAt: (x: number) => number;
}

const A = -0.5;

/** Cubic convolution (Keys, Cubic Convolution Interpolation for Digital Image Processing, 1981). */
export const BICUBIC: PilFilter = {
  support: 2,
  weightAt(offset) {
    const x = Math.abs(offset);
    if (x < 1) return ((A + 2) * x - (A + 3)) * x * x + 1;
    return x < 2 ? (((x - 5) * x + 8) * x - 4) * A : 0;
  },
};

/** A sinc of three lobes, windowed by the middle one of another (Duchon, Lanczos Filtering in One and Two Dimensions, 1979). */
export const LANCZOS: PilFilter = {
  support: 3,
  weightAt: (x) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0),
};

/** Weights are whole numbers of 2^-22, so that 255 times their sum fits into 32 bits. */
const WEIGHT_BITS = 22;
const ONE = 1 << WEIGHT_BITS;
const HALF = 1 << (WEIGHT_BITS - 1);

/** What each pixel of one axis of the result is made of: `counts[n]` pixels from `starts[n]`. */
interface Taps {
  starts: Int32Array;
  counts: Int32Array;
  /** `maxCount` a pixel. */
  weights: Int32Array;
  maxCount: number;
}

/**
 * Resamples as PIL's `Image.resize` does, equal to Pillow before version 13 to the grey level (`test/parity/make-resize.py`):
 * along rows, then along columns, each rounded to 8 bits.
 */
export function resamplePil(image: RgbImage, { width, height }: Size, filter: PilFilter): RgbImage {
  const wide = image.width === width ? image : resampleRows(image, tapsOf(image.width, width, filter));
  return wide.height === height ? wide : resampleColumns(wide, tapsOf(image.height, height, filter));
}

/** The filter is stretched over the pixels that one becomes; what lies outside of the image counts nothing. */
function tapsOf(from: number, to: number, { support, weightAt }: PilFilter): Taps {
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
    for (let k = 0; k < count; k++) weights[n * maxCount + k] = Math.round(((exact[k] ?? 0) / sum) * ONE);
    starts[n] = start;
    counts[n] = count;
  }
  return { starts, counts, weights, maxCount };
}

function resampleRows({ width, height, rgb }: RgbImage, { starts, counts, weights, maxCount }: Taps): RgbImage {
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

function resampleColumns({ width, rgb }: RgbImage, { starts, counts, weights, maxCount }: Taps): RgbImage {
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
