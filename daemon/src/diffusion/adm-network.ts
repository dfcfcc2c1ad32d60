import { compile, readConfig } from '../graph/compile.js';
import { ADM_256_UNCONDITIONAL, admUnet, admUnetConfigSchema } from '../graph/networks/adm-unet.js';
import { readPytorchZip } from '../graph/pytorch-zip.js';
import { type LoadedNetwork, load, type NdArray } from '../graph/run.js';
import type { Runtime } from '../graph/runtime.js';
import type { DiffusionNetwork } from './dift.js';
import { type ModelFiles, requireFile } from './model-files.js';
import { linearSchedule } from './noise-schedule.js';

export interface AdmSettings {
  t: number;
  /** Index of the output block. */
  outputBlock: number;
}

/** ADM as DIFT uses it: noise goes onto the pixels themselves. Without a `config.json` it is the official 256×256 one. */
export class AdmNetwork implements DiffusionNetwork {
  readonly schedule = linearSchedule();
  readonly #files: ModelFiles;
  readonly #settings: AdmSettings;
  readonly #runtime: Runtime;
  #unet: Promise<LoadedNetwork> | undefined;

  constructor(files: ModelFiles, settings: AdmSettings, runtime: Runtime) {
    this.#files = files;
    this.#settings = settings;
    this.#runtime = runtime;
  }

  encode(image: NdArray): Promise<NdArray> {
    return Promise.resolve(image);
  }

  async features(x: NdArray): Promise<NdArray> {
    this.#unet ??= this.#load(x);
    return (await this.#unet).run({ x }, 'features');
  }

  async release(): Promise<void> {
    await (await this.#unet)?.release();
  }

  async #load(x: NdArray): Promise<LoadedNetwork> {
    const configPath = this.#files.get('config.json');
    const config = configPath === undefined ? ADM_256_UNCONDITIONAL : readConfig(configPath, admUnetConfigSchema);
    const checkpoint = await readPytorchZip(requireFile(this.#files, 'model.pt'));
    const { t: timestep, outputBlock } = this.#settings;
    return load(this.#runtime, (target) =>
      compile(
        checkpoint,
        { x },
        (b, inputs) => ({ features: admUnet(b, { ...inputs, timestep }, config, outputBlock) }),
        target,
      ),
    );
  }
}
