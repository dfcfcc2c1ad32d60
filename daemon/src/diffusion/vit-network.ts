import { weightCount } from '../graph/checkpoint-view.js';
import { compile, readConfig } from '../graph/compile.js';
import { vit, vitPixels } from '../graph/networks/vit.js';
import { facebookVitConfig, vitConfigSchema } from '../graph/networks/vit-config.js';
import type { NdArray } from '../graph/run.js';
import { readSafetensorsHeader } from '../graph/safetensors.js';
import type { DiffusionNetwork, EncodedImage } from './dift.js';
import { type ModelFiles, requireFile } from './model-files.js';
import { graphKey, type NetworkPool } from './network-pool.js';
import type { VitChoice } from './presets.js';

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

  encode(image: NdArray): Promise<EncodedImage> {
    return Promise.resolve({ mean: image });
  }

  async features(image: NdArray): Promise<NdArray> {
    const weights = requireFile(this.#files, 'model.safetensors', 'open_clip_model.safetensors');
    const checkpoint = readSafetensorsHeader(weights);
    const configPath = this.#files.get('config.json') ?? this.#files.get('open_clip_config.json');
    const config = configPath === undefined ? facebookVitConfig(checkpoint) : readConfig(configPath, vitConfigSchema);
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
