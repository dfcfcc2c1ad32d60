import { compile, readConfig } from '../graph/compile.js';
import { vit, vitPixels } from '../graph/networks/vit.js';
import { facebookVitConfig, vitConfigSchema } from '../graph/networks/vit-config.js';
import { type NdArray, runOnce } from '../graph/run.js';
import type { Runtime } from '../graph/runtime.js';
import { readSafetensorsHeader } from '../graph/safetensors.js';
import type { DiffusionNetwork } from './dift.js';
import { type ModelFiles, requireFile } from './model-files.js';

/** A vision transformer, DIFT's rival: no noise, no time; the features of one of its blocks. */
export class VitNetwork implements DiffusionNetwork {
  readonly schedule = null;
  readonly #files: ModelFiles;
  readonly #layer: number | undefined;
  readonly #runtime: Runtime;

  /** @param layer index of the block; undefined is the last */
  constructor(files: ModelFiles, layer: number | undefined, runtime: Runtime) {
    this.#files = files;
    this.#layer = layer;
    this.#runtime = runtime;
  }

  release(): Promise<void> {
    return Promise.resolve();
  }

  encode(image: NdArray): Promise<NdArray> {
    return Promise.resolve(image);
  }

  async features(image: NdArray): Promise<NdArray> {
    const weights = requireFile(this.#files, 'model.safetensors', 'open_clip_model.safetensors');
    const checkpoint = readSafetensorsHeader(weights);
    const configPath = this.#files.get('config.json') ?? this.#files.get('open_clip_config.json');
    const config = configPath === undefined ? facebookVitConfig(checkpoint) : readConfig(configPath, vitConfigSchema);
    const layer = this.#layer ?? config.layers - 1;
    const { features } = await runOnce(
      this.#runtime,
      (target) =>
        compile(
          checkpoint,
          { image },
          (b, inputs) => ({ features: vit(b, vitPixels(b, inputs.image, config), config, { layer }) }),
          target,
        ),
      { image },
    );
    if (features === undefined) throw new Error('the network gives features');
    return features;
  }
}
