import type { NdArray } from '../graph/runtime/run.js';
import type { RgbImage } from '../images/decode.js';
import { toPaddedChw } from '../images/pixels.js';
import { type Resampling, resizeRgb, type Size } from '../images/resize.js';
import { type DiffusionNetwork, type DiftSettings, dift } from './dift.js';
import type { FeatureMap } from './feature-map.js';
import type { LevelSize } from './input-size.js';

/** DIFT settings, and how the image is resized to the network's input. */
export interface LevelSettings extends DiftSettings {
  resampling: Resampling;
}

/** Raw network features of one pyramid level: (1,C,h,w) for each block, not normalised. */
export async function levelFeatures(
  network: DiffusionNetwork,
  image: RgbImage,
  { scaled, padded }: LevelSize,
  settings: LevelSettings,
  onStep?: () => void,
): Promise<readonly NdArray[]> {
  const pixels = toPaddedChw(resizeRgb(image, scaled, settings.resampling), padded);
  return dift(network, { dims: [1, 3, padded.height, padded.width], data: pixels }, settings, onStep);
}

/** Raw features (1,C,h,w) of a level → descriptors, without the cells that lie in the padding. */
export function toFeatureMap({ dims, data }: NdArray, { scaled, padded }: LevelSize, image: Size): FeatureMap {
  const [, channels = 0, paddedRows = 0, paddedColumns = 0] = dims;
  const [strideX, strideY] = [padded.width / paddedColumns, padded.height / paddedRows];
  const columns = Math.ceil(scaled.width / strideX);
  const rows = Math.ceil(scaled.height / strideY);
  const chw = new Float32Array(channels * rows * columns);
  for (let row = 0; row < channels * rows; row++) {
    const from = (Math.floor(row / rows) * paddedRows + (row % rows)) * paddedColumns;
    chw.set(data.subarray(from, from + columns), row * columns);
  }
  const lengths = normaliseDescriptors(chw, channels);
  return {
    channels,
    rows,
    columns,
    chw,
    lengths,
    cellWidthPx: (strideX * image.width) / scaled.width,
    cellHeightPx: (strideY * image.height) / scaled.height,
  };
}

/**
 * Scales every descriptor of (channels, cells) to unit length, in place; zeros stay zeros.
 * @returns the original lengths
 */
function normaliseDescriptors(chw: Float32Array, channels: number): Float32Array {
  const cells = chw.length / channels;
  const squared = new Float64Array(cells);
  for (let i = 0; i < chw.length; i++) squared[i % cells] = (squared[i % cells] ?? 0) + (chw[i] ?? 0) ** 2;
  const scale = squared.map((sum) => (sum === 0 ? 0 : 1 / Math.sqrt(sum)));
  for (let i = 0; i < chw.length; i++) chw[i] = (chw[i] ?? 0) * (scale[i % cells] ?? 0);
  return Float32Array.from(squared, Math.sqrt);
}
