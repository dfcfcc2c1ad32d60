import { type CompiledNetwork, compile } from '../../graph/compile.js';
import { uiUnet } from '../../graph/networks/ui-unet.js';
import type { NdArray } from '../../graph/runtime/run.js';
import type { GraphTarget } from '../../graph/runtime/runtime.js';
import { weightCount } from '../../graph/weights/checkpoint.js';
import { readSafetensorsHeader } from '../../graph/weights/safetensors.js';
import type { Size } from '../../images/resize.js';
import type { DiffusionNetwork, EncodedImage } from '../dift.js';
import { type Dustbin, readDustbin } from './dustbin.js';
import { ElementNetwork } from './element-network.js';
import { type ModelFiles, requireFile } from './model-files.js';
import { readUiConfig } from './network-checkpoints.js';
import { graphKey, type NetworkPool } from './network-pool.js';

/** The embedded network: a small U-Net trained for correspondence on clean images of mockups. */
export class UiNetwork implements DiffusionNetwork {
  readonly schedule = null;
  readonly dustbin: Dustbin | undefined;
  readonly elements: ElementNetwork | undefined;
  readonly #files: ModelFiles;
  readonly #pool: NetworkPool;

  constructor(files: ModelFiles, pool: NetworkPool) {
    this.#files = files;
    this.#pool = pool;
    this.dustbin = readDustbin(readSafetensorsHeader(requireFile(files, 'model.safetensors')));
    this.elements = ElementNetwork.of(files, pool);
  }

  encode(image: NdArray): Promise<EncodedImage> {
    return Promise.resolve({ mean: image });
  }

  async features(image: NdArray): Promise<readonly NdArray[]> {
    const [, , height = 0, width = 0] = image.dims;
    const config = readUiConfig(this.#files);
    const checkpoint = readSafetensorsHeader(requireFile(this.#files, 'model.safetensors'));
    const { features } = await this.#pool.run(
      {
        key: graphKey('ui', checkpoint, config, image.dims),
        weights: weightCount(checkpoint),
        compileAt: (target) => compileUiNetwork(this.#files, { width, height }, target),
      },
      { image },
    );
    if (features === undefined) throw new Error('the network returns no features');
    return [features];
  }
}

/**
 * The embedded network (`config.json`, `model.safetensors`): input `image`, output `features`.
 * @param size in pixels, multiples of the config's `sizeMultiple`
 * @throws SamepointError `MODEL_INVALID`
 */
export function compileUiNetwork(files: ModelFiles, { width, height }: Size, target?: GraphTarget): CompiledNetwork {
  const config = readUiConfig(files);
  if (width % config.sizeMultiple !== 0 || height % config.sizeMultiple !== 0) {
    throw new RangeError(`${width}×${height} is not a multiple of ${config.sizeMultiple}`);
  }
  const checkpoint = readSafetensorsHeader(requireFile(files, 'model.safetensors'));
  const image = { dims: [1, config.inChannels, height, width] };
  return compile(checkpoint, { image }, (b, inputs) => ({ features: uiUnet(b, inputs.image, config) }), target);
}
