import { compile } from '../../graph/compile.js';
import { admUnetBlocks } from '../../graph/networks/adm-unet.js';
import type { NdArray } from '../../graph/runtime/run.js';
import { weightCount } from '../../graph/weights/checkpoint.js';
import type { DiffusionNetwork, EncodedImage } from '../dift.js';
import { linearSchedule } from '../noise-schedule.js';
import { featuresOf, nameBlocks } from './block-features.js';
import type { ModelFiles } from './model-files.js';
import { openAdm } from './network-checkpoints.js';
import { graphKey, type NetworkPool } from './network-pool.js';

export interface AdmSettings {
  t: number;
  /** Output blocks whose features are taken. */
  blocks: readonly number[];
}

/** ADM as DIFT uses it: noise goes onto the pixels themselves. Without a `config.json` it is the official 256×256 one. */
export class AdmNetwork implements DiffusionNetwork {
  readonly schedule = linearSchedule();
  readonly #files: ModelFiles;
  readonly #settings: AdmSettings;
  readonly #pool: NetworkPool;
  #opened: ReturnType<typeof openAdm> | undefined;

  constructor(files: ModelFiles, settings: AdmSettings, pool: NetworkPool) {
    this.#files = files;
    this.#settings = settings;
    this.#pool = pool;
  }

  encode(image: NdArray): Promise<EncodedImage> {
    return Promise.resolve({ mean: image });
  }

  async features(x: NdArray): Promise<readonly NdArray[]> {
    this.#opened ??= openAdm(this.#files);
    const { checkpoint, config } = this.#opened;
    const { t: timestep, blocks } = this.#settings;
    const outputs = await this.#pool.run(
      {
        key: graphKey('adm', checkpoint, config, x.dims, timestep, blocks),
        weights: weightCount(checkpoint),
        compileAt: (target) =>
          compile(
            checkpoint,
            { x },
            (b, inputs) => nameBlocks(blocks, admUnetBlocks(b, { ...inputs, timestep }, config, blocks)),
            target,
          ),
      },
      { x },
    );
    return featuresOf(blocks, outputs);
  }
}
