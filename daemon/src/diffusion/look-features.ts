import type { NdArray } from '../graph/runtime/run.js';
import type { RgbImage } from '../images/decode.js';
import { type Resampling, resizeRgb, type Size } from '../images/resize.js';
import { toPaddedChw } from '../images/to-tensor.js';
import { type DiffusionNetwork, type DiftSettings, dift } from './dift.js';
import type { FeatureMap } from './feature-map.js';
import type { Look } from './input-size.js';

/** How features are made of the pixels of a look, and these of the image. */
export interface LookSettings extends DiftSettings {
  resampling: Resampling;
}

/** The features of one pyramid level as the network gives them: (1,C,h,w) for each block, not normalised. */
export async function lookFeatures(
  network: DiffusionNetwork,
  image: RgbImage,
  { seen, padded }: Look,
  settings: LookSettings,
  onStep?: () => void,
): Promise<readonly NdArray[]> {
  const pixels = toPaddedChw(resizeRgb(image, seen, settings.resampling), padded);
  return dift(network, { dims: [1, 3, padded.height, padded.width], data: pixels }, settings, onStep);
}

/** Features (1,C,h,w) of a look → unit columns, without those that see only what the image was filled up with. */
export function toFeatureMap({ dims, data }: NdArray, { seen, padded }: Look, image: Size): FeatureMap {
  const [, channels = 0, paddedRows = 0, paddedColumns = 0] = dims;
  const [strideX, strideY] = [padded.width / paddedColumns, padded.height / paddedRows];
  const columns = Math.ceil(seen.width / strideX);
  const rows = Math.ceil(seen.height / strideY);
  const chw = new Float32Array(channels * rows * columns);
  for (let row = 0; row < channels * rows; row++) {
    const from = (Math.floor(row / rows) * paddedRows + (row % rows)) * paddedColumns;
    chw.set(data.subarray(from, from + columns), row * columns);
  }
  const lengths = toUnitColumns(chw, channels);
  return {
    channels,
    rows,
    columns,
    chw,
    lengths,
    cellWidthPx: (strideX * image.width) / seen.width,
    cellHeightPx: (strideY * image.height) / seen.height,
  };
}

/**
 * Scales every column of (channels, cells) to length 1, in place; a column of zeros stays.
 * @returns the lengths they had
 */
function toUnitColumns(chw: Float32Array, channels: number): Float32Array {
  const cells = chw.length / channels;
  const squared = new Float64Array(cells);
  for (let i = 0; i < chw.length; i++) squared[i % cells] = (squared[i % cells] ?? 0) + (chw[i] ?? 0) ** 2;
  const scale = squared.map((sum) => (sum === 0 ? 0 : 1 / Math.sqrt(sum)));
  for (let i = 0; i < chw.length; i++) chw[i] = (chw[i] ?? 0) * (scale[i % cells] ?? 0);
  return Float32Array.from(squared, Math.sqrt);
}
