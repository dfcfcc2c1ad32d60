import { vitLayers, vitPixels } from '../../graph/networks/vit.js';
import type { NdArray } from '../../graph/runtime/run.js';
import type { DiffusionNetwork, EncodedImage } from '../dift.js';
import type { VitChoice } from '../presets.js';
import type { ModelFiles } from './model-files.js';
import { openVit } from './network-checkpoints.js';
import { graphKey, type NetworkPool } from './network-pool.js';
import { runBlocks } from './run-blocks.js';

/** A vision transformer, the baseline of the paper: the features of one of its blocks, without noise or timestep. */
export class VitNetwork implements DiffusionNetwork {
  readonly schedule = null;
  readonly #files: ModelFiles;
  readonly #choice: VitChoice;
  readonly #layers: readonly number[] | undefined;
  readonly #pool: NetworkPool;
  #opened: ReturnType<typeof openVit> | undefined;

  /** @param layers to return features of; default: the layer of `choice` */
  constructor(files: ModelFiles, choice: VitChoice, pool: NetworkPool, layers?: readonly number[]) {
    this.#files = files;
    this.#choice = choice;
    this.#layers = layers;
    this.#pool = pool;
  }

  encode(image: NdArray): Promise<EncodedImage> {
    return Promise.resolve({ mean: image });
  }

  async features(image: NdArray): Promise<readonly NdArray[]> {
    this.#opened ??= openVit(this.#files);
    const { checkpoint, config } = this.#opened;
    const { layer = config.layers - 1, ...feature } = this.#choice;
    const blocks = this.#layers ?? [layer];
    return runBlocks(
      this.#pool,
      {
        key: graphKey('vit', checkpoint, config, image.dims, feature, blocks),
        checkpoint,
        blocks,
        wire: (b, inputs) => vitLayers(b, vitPixels(b, inputs.image, config), config, feature, blocks),
      },
      { image },
    );
  }
}
