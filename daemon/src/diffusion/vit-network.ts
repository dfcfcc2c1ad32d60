import { weightCount } from '../graph/checkpoint-view.js';
import { compile } from '../graph/compile.js';
import { refuseOtherNetwork } from '../graph/network-kind.js';
import { vit, vitPixels } from '../graph/networks/vit.js';
import { type VitCheckpoint, vitCheckpoint } from '../graph/networks/vit-config.js';
import type { NdArray } from '../graph/run.js';
import { openWeights } from '../graph/weights.js';
import type { DiffusionNetwork } from './dift.js';
import { type ModelFiles, requireFile } from './model-files.js';
import { graphKey, type NetworkPool } from './network-pool.js';
import type { VitChoice } from './presets.js';

const WEIGHTS = 'model.safetensors';
const CONFIG = 'config.json';
const OPEN_CLIP_WEIGHTS = 'open_clip_model.safetensors';
const OPEN_CLIP_CONFIG = 'open_clip_config.json';

/**
 * Opens a vision transformer of transformers, open_clip or facebookresearch.
 * @throws SamepointError `MODEL_INVALID`
 */
export function openVitCheckpoint(files: ModelFiles): VitCheckpoint {
  const opened = openWeights(requireFile(files, WEIGHTS, OPEN_CLIP_WEIGHTS));
  refuseOtherNetwork(opened, 'vit');
  // LAION's folders have both configurations
  const configs = files.has(WEIGHTS) ? [CONFIG, OPEN_CLIP_CONFIG] : [OPEN_CLIP_CONFIG, CONFIG];
  return vitCheckpoint(
    opened,
    configs.map((name) => files.get(name)).find((path) => path !== undefined),
  );
}

/** A vision transformer, DIFT's rival: no noise, no time; the features of one of its blocks. */
export class VitNetwork implements DiffusionNetwork {
  readonly schedule = null;
  readonly #files: ModelFiles;
  readonly #choice: VitChoice;
  readonly #pool: NetworkPool;

  constructor(files: ModelFiles, choice: VitChoice, pool: NetworkPool) {
    this.#files = files;
    this.#choice = choice;
    this.#pool = pool;
  }

  encode(image: NdArray): Promise<NdArray> {
    return Promise.resolve(image);
  }

  async features(image: NdArray): Promise<NdArray> {
    const { checkpoint, config } = openVitCheckpoint(this.#files);
    const feature = { ...this.#choice, layer: this.#choice.layer ?? config.layers - 1 };
    const { features } = await this.#pool.run(
      {
        key: graphKey('vit', checkpoint, config, image.dims, feature),
        weights: weightCount(checkpoint),
        compileAt: (target) =>
          compile(
            checkpoint,
            { image },
            (b, inputs) => ({ features: vit(b, vitPixels(b, inputs.image, config), config, feature) }),
            target,
          ),
      },
      { image },
    );
    if (features === undefined) throw new Error('the network gives features');
    return features;
  }
}
