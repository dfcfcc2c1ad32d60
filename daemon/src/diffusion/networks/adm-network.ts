import { admUnetBlocks } from '../../graph/networks/adm-unet.js';
import type { NdArray } from '../../graph/runtime/run.js';
import type { DiffusionNetwork, EncodedImage } from '../dift.js';
import { linearSchedule } from '../noise-schedule.js';
import type { ModelFiles } from './model-files.js';
import { openAdm } from './network-checkpoints.js';
import { graphKey, type NetworkPool } from './network-pool.js';
import { runBlocks } from './run-blocks.js';

export interface AdmSettings {
  t: number;
  /** Output blocks to return features of. */
  blocks: readonly number[];
}

/** ADM as DIFT uses it: noise is added to the pixels. Without a `config.json`, the official 256×256 network. */
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
    return runBlocks(
      this.#pool,
      {
        key: graphKey('adm', checkpoint, config, x.dims, timestep, blocks),
        checkpoint,
        blocks,
        wire: (b, inputs) => admUnetBlocks(b, { ...inputs, timestep }, config, blocks),
      },
      { x },
    );
  }
}
