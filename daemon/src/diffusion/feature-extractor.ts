import type { InferenceSession } from 'onnxruntime-node';
import { ort } from '../graph/session.js';
import { SessionCache } from '../graph/session-cache.js';
import type { RgbImage } from '../images/decode.js';
import { resizeRgb, type Size } from '../images/resize.js';
import { toPaddedChw } from '../images/to-tensor.js';
import type { FeatureMap } from './feature-map.js';
import { compileUiNetwork } from './ui-network.js';

/** Compiled networks kept, one for each input size; each holds its own copy of the weights (27 MB for `ui`). */
const SESSIONS_KEPT = 12;

/** Runs the embedded network on images of any size. Owns its ONNX Runtime sessions. */
export class FeatureExtractor {
  readonly #folder: string;
  readonly #bucketPx: number;
  readonly #sessions = new SessionCache(SESSIONS_KEPT);

  constructor(folder: string, bucketPx: number) {
    this.#folder = folder;
    this.#bucketPx = bucketPx;
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
    const session = await this.#session(padded);
    const { features } = await session.run({
      image: new ort.Tensor('float32', pixels, [1, 3, padded.height, padded.width]),
    });
    if (!(features?.data instanceof Float32Array)) throw new TypeError('the network has no float32 output "features"');
    return cropToImage(features.data, features.dims, padded, seen, image);
  }

  #session(size: Size): Promise<InferenceSession> {
    const key = `${size.width}×${size.height}`;
    return this.#sessions.get(key, () => compileUiNetwork(this.#folder, size));
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
