import type { RgbImage } from './decode.js';
import type { Size } from './resize.js';

/** Weights are whole numbers of 2^-11. */
const ONE = 2048;

/** A pixel of one axis of the result, between two of the image. */
interface Tap {
  before: number;
  after: number;
  beforeWeight: number;
  afterWeight: number;
}

/**
 * Resamples 8-bit pixels as OpenCV's `cv2.resize` does with `INTER_LINEAR`, equal to the grey level
 * (`test/parity/make-resize.py`): along rows, then between rows, in whole numbers. Where both sides are halved OpenCV takes
 * `INTER_AREA`, which gives the same.
 */
export function resampleOpenCv(image: RgbImage, { width, height }: Size): RgbImage {
  const columns = tapsOf(image.width, width);
  const stride = 3 * width;
  const rgb = new Uint8Array(stride * height);
  let [above, below] = [new Int32Array(stride), new Int32Array(stride)];
  let [rowAbove, rowBelow] = [-1, -1];
  for (const [n, tap] of tapsOf(image.height, height).entries()) {
    // where an image grows, the lower row is often the next upper one, and made already
    if (rowBelow === tap.before) [above, below, rowAbove, rowBelow] = [below, above, rowBelow, rowAbove];
    if (rowAbove !== tap.before) resampleRow(image, tap.before, columns, above);
    if (rowBelow !== tap.after) resampleRow(image, tap.after, columns, below);
    [rowAbove, rowBelow] = [tap.before, tap.after];
    blendRows(above, below, tap, rgb.subarray(n * stride, (n + 1) * stride));
  }
  return { width, height, rgb };
}

/** Positions are rounded to single precision, as in OpenCV; beyond its edges the image is repeated. */
function tapsOf(from: number, to: number): Tap[] {
  const scale = from / to;
  const inside = (at: number) => Math.min(Math.max(at, 0), from - 1);
  return Array.from({ length: to }, (_, n) => {
    const at = Math.fround((n + 0.5) * scale - 0.5);
    const part = at - Math.floor(at);
    return {
      before: inside(Math.floor(at)),
      after: inside(Math.floor(at) + 1),
      beforeWeight: roundToEven((1 - part) * ONE),
      afterWeight: roundToEven(part * ONE),
    };
  });
}

/** One row of the image along itself, in 128ths of a grey level. */
function resampleRow({ width, rgb }: RgbImage, row: number, columns: readonly Tap[], into: Int32Array): void {
  const start = 3 * row * width;
  let to = 0;
  for (const { before, after, beforeWeight, afterWeight } of columns) {
    for (let c = 0; c < 3; c++) {
      const left = (rgb[start + 3 * before + c] ?? 0) * beforeWeight;
      into[to++] = (left + (rgb[start + 3 * after + c] ?? 0) * afterWeight) >> 4;
    }
  }
}

/** The two products are cut off one by one, as in OpenCV. */
function blendRows(above: Int32Array, below: Int32Array, { beforeWeight, afterWeight }: Tap, into: Uint8Array): void {
  for (let i = 0; i < into.length; i++) {
    const quarters = (((above[i] ?? 0) * beforeWeight) >> 16) + (((below[i] ?? 0) * afterWeight) >> 16);
    into[i] = (quarters + 2) >> 2;
  }
}

/** To the nearest whole number, halves to the even one. */
function roundToEven(value: number): number {
  const floor = Math.floor(value);
  const odd = floor % 2;
  return value - floor === 0.5 ? floor + odd : Math.round(value);
}
