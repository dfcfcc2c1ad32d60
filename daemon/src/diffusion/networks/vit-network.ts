import { compile } from '../../graph/compile.js';
import { vitLayers, vitPixels } from '../../graph/networks/vit.js';
import type { NdArray } from '../../graph/runtime/run.js';
import { weightCount } from '../../graph/weights/checkpoint.js';
import type { DiffusionNetwork, EncodedImage } from '../dift.js';
import type { VitChoice } from '../presets.js';
import { featuresOf, nameBlocks } from './block-features.js';
import type { ModelFiles } from './model-files.js';
import { openVit } from './network-checkpoints.js';
import { graphKey, type NetworkPool } from './network-pool.js';

/** A vision transformer, DIFT's rival: no noise, no time; the features of one of its blocks. */
export class VitNetwork implements DiffusionNetwork {
  readonly schedule = null;
  readonly #files: ModelFiles;
  readonly #choice: VitChoice;
  readonly #layers: readonly number[] | undefined;
  readonly #pool: NetworkPool;
  #opened: ReturnType<typeof openVit> | undefined;

  /** @param layers whose features are taken; default: the choice's own */
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
    const layers = this.#layers ?? [layer];
    const outputs = await this.#pool.run(
      {
        key: graphKey('vit', checkpoint, config, image.dims, feature, layers),
        weights: weightCount(checkpoint),
        compileAt: (target) =>
          compile(
            checkpoint,
            { image },
            (b, inputs) =>
              nameBlocks(layers, vitLayers(b, vitPixels(b, inputs.image, config), config, feature, layers)),
            target,
          ),
      },
      { image },
    );
    return featuresOf(layers, outputs);
  }
}
