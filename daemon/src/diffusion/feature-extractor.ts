import { CPU_RUNTIME, type Runtime } from '../graph/runtime.js';
import type { RgbImage } from '../images/decode.js';
import { resizeRgb, type Size } from '../images/resize.js';
import { toPaddedChw } from '../images/to-tensor.js';
import type { FeatureMap } from './feature-map.js';
import { NetworkPool } from './network-pool.js';
import { compileUiNetwork, UI_WEIGHTS } from './ui-network.js';

/** Runs the embedded network on images of any size. Owns its ONNX Runtime sessions. */
export class FeatureExtractor {
  readonly #folder: string;
  readonly #bucketPx: number;
  readonly #networks: NetworkPool;

  constructor(folder: string, bucketPx: number, runtime: Runtime = CPU_RUNTIME) {
    this.#folder = folder;
    this.#bucketPx = bucketPx;
    this.#networks = new NetworkPool(runtime);
  }

  /**
   * The feature map of `image` seen with `longSide` pixels on its longer side. The padding that fills the input up
   * to a multiple of the bucket is cut from the map again.
   * @throws SamepointError `MODEL_INVALID`
   */
  async extract(image: RgbImage, longSide: number): Promise<FeatureMap> {
    const seen = fitLongSide(image, longSide);
    const padded = { width: this.#bucket(seen.width), height: this.#bucket(seen.height) };
    const pixels = toPaddedChw(await resizeRgb(image, seen), padded);
    const { features } = await this.#networks.run(
      {
        key: `${padded.width}×${padded.height}`,
        weights: UI_WEIGHTS,
        compileAt: (target) => compileUiNetwork(this.#folder, padded, target),
      },
      { image: { dims: [1, 3, padded.height, padded.width], data: pixels } },
    );
    if (features === undefined) throw new TypeError('the network has no output "features"');
    return cropToImage(features.data, features.dims, padded, seen, image);
  }

  #bucket(side: number): number {
    return Math.ceil(side / this.#bucketPx) * this.#bucketPx;
  }
}

function fitLongSide({ width, height }: Size, longSide: number): Size {
  const scale = longSide / Math.max(width, height);
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

function cropToImage(data: Float32Array, dims: readonly number[], padded: Size, seen: Size, image: Size): FeatureMap {
  const [, channels = 0, paddedRows = 0, paddedColumns = 0] = dims;
  const stride = padded.width / paddedColumns;
  const rows = Math.ceil(seen.height / stride);
  const columns = Math.ceil(seen.width / stride);
  const chw = new Float32Array(channels * rows * columns);
  for (let row = 0; row < channels * rows; row++) {
    const from = (Math.floor(row / rows) * paddedRows + (row % rows)) * paddedColumns;
    chw.set(data.subarray(from, from + columns), row * columns);
  }
  return {
    channels,
    rows,
    columns,
    chw,
    cellWidthPx: (stride * image.width) / seen.width,
    cellHeightPx: (stride * image.height) / seen.height,
  };
}
