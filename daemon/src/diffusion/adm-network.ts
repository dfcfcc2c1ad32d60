import type { Checkpoint } from '../graph/checkpoint.js';
import { weightCount } from '../graph/checkpoint-view.js';
import { compile, readConfig } from '../graph/compile.js';
import { refuseOtherNetwork } from '../graph/network-kind.js';
import { ADM_256_UNCONDITIONAL, admUnet, admUnetConfigSchema } from '../graph/networks/adm-unet.js';
import type { NdArray } from '../graph/run.js';
import { openWeights } from '../graph/weights.js';
import { SINGLE_FILE } from '../models/single-file.js';
import type { DiffusionNetwork } from './dift.js';
import { type ModelFiles, requireFile } from './model-files.js';
import { graphKey, type NetworkPool } from './network-pool.js';
import { linearSchedule } from './noise-schedule.js';

export interface AdmSettings {
  t: number;
  /** Index of the output block. */
  outputBlock: number;
}

/**
 * Opens the network of guided-diffusion.
 * @throws SamepointError `MODEL_INVALID`
 */
export function openAdmCheckpoint(files: ModelFiles): Checkpoint {
  const checkpoint = openWeights(requireFile(files, SINGLE_FILE, 'model.pt'));
  refuseOtherNetwork(checkpoint, 'adm');
  return checkpoint;
}

/** ADM as DIFT uses it: noise goes onto the pixels themselves. Without a `config.json` it is the official 256×256 one. */
export class AdmNetwork implements DiffusionNetwork {
  readonly schedule = linearSchedule();
  readonly #files: ModelFiles;
  readonly #settings: AdmSettings;
  readonly #pool: NetworkPool;
  #checkpoint: Checkpoint | undefined;

  constructor(files: ModelFiles, settings: AdmSettings, pool: NetworkPool) {
    this.#files = files;
    this.#settings = settings;
    this.#pool = pool;
  }

  encode(image: NdArray): Promise<NdArray> {
    return Promise.resolve(image);
  }

  async features(x: NdArray): Promise<NdArray> {
    const configPath = this.#files.get('config.json');
    const config = configPath === undefined ? ADM_256_UNCONDITIONAL : readConfig(configPath, admUnetConfigSchema);
    this.#checkpoint ??= openAdmCheckpoint(this.#files);
    const checkpoint = this.#checkpoint;
    const { t: timestep, outputBlock } = this.#settings;
    const { features } = await this.#pool.run(
      {
        key: graphKey('adm', checkpoint, config, x.dims, timestep, outputBlock),
        weights: weightCount(checkpoint),
        compileAt: (target) =>
          compile(
            checkpoint,
            { x },
            (b, inputs) => ({ features: admUnet(b, { ...inputs, timestep }, config, outputBlock) }),
            target,
          ),
      },
      { x },
    );
    if (features === undefined) throw new Error('the network gives features');
    return features;
  }
}
