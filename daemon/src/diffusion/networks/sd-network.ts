import { compile } from '../../graph/compile.js';
import { sdUnetBlocks } from '../../graph/networks/sd-unet.js';
import { type SdVaeConfig, sdVaeEncoder } from '../../graph/networks/sd-vae-encoder.js';
import { type TaesdConfig, taesdEncoder } from '../../graph/networks/taesd.js';
import type { NdArray } from '../../graph/runtime/run.js';
import { type Checkpoint, weightCount } from '../../graph/weights/checkpoint.js';
import type { DiffusionNetwork, EncodedImage } from '../dift.js';
import { type NoiseSchedule, readSchedule, scaledLinearSchedule } from '../noise-schedule.js';
import type { LatentMode } from '../presets.js';
import { promptStates } from '../prompt/prompt-states.js';
import type { ModelFiles } from './model-files.js';
import { graphKey, type NetworkPool } from './network-pool.js';
import { runBlocks } from './run-blocks.js';
import { openSdCheckpoint, type SdCheckpoint } from './sd-checkpoint.js';

export interface SdSettings {
  t: number;
  /** Use CleanDIFT's learned timestep instead of `t` if the checkpoint has one. */
  preferLearnedT: boolean;
  /** Up blocks to return features of. */
  blocks: readonly number[];
  prompt: string;
  /** Text states (1, tokens, channels) to use instead of the prompt. */
  textStates?: NdArray;
  latentMode: LatentMode;
  /** Cache folder for the text states of the empty prompt. */
  promptFolder: string;
  /** False for CleanDIFT, which takes the clean latent. */
  noisy: boolean;
}

/** Stable Diffusion as DIFT uses it: VAE encoder, text condition, and the U-Net up to one of its up blocks. */
export class SdNetwork implements DiffusionNetwork {
  readonly schedule: NoiseSchedule | null;
  readonly #checkpoint: SdCheckpoint;
  readonly #settings: SdSettings;
  readonly #pool: NetworkPool;
  #states: Promise<NdArray> | undefined;

  /** @throws SamepointError `MODEL_MISSING`, `MODEL_INVALID` */
  constructor(files: ModelFiles, settings: SdSettings, pool: NetworkPool) {
    this.#checkpoint = openSdCheckpoint(files);
    this.#settings = settings;
    this.#pool = pool;
    this.schedule = settings.noisy ? scheduleOf(files) : null;
  }

  encode(image: NdArray): Promise<EncodedImage> {
    const { encoder } = this.#checkpoint;
    return encoder.kind === 'tiny'
      ? this.#encodeTiny(encoder.checkpoint, encoder.config, image)
      : this.#encodeVae(encoder.checkpoint, encoder.config, image);
  }

  async features(latent: NdArray): Promise<readonly NdArray[]> {
    const { checkpoint, config, learnedT } = this.#checkpoint.unet;
    const { t, preferLearnedT, blocks } = this.#settings;
    const timestep = preferLearnedT ? (learnedT ?? t) : t;
    const text = await this.#textStates(config.cross_attention_dim);
    return runBlocks(
      this.#pool,
      {
        key: graphKey('sd-unet', checkpoint, config, latent.dims, text.dims, timestep, blocks),
        checkpoint,
        blocks,
        wire: (b, inputs) => sdUnetBlocks(b, { ...inputs, timestep }, config, blocks),
      },
      { latent, text },
    );
  }

  async #encodeVae(checkpoint: Checkpoint, config: SdVaeConfig, image: NdArray): Promise<EncodedImage> {
    const { mean, logVariance } = await this.#pool.run(
      {
        key: graphKey('sd-vae', checkpoint, config, image.dims),
        weights: weightCount(checkpoint),
        compileAt: (target) =>
          compile(checkpoint, { image }, (b, inputs) => ({ ...sdVaeEncoder(b, inputs.image, config) }), target),
      },
      { image },
    );
    if (mean === undefined || logVariance === undefined) throw new Error('the VAE returns no mean or variance');
    const { scaling_factor: scale } = config;
    const scaled = { dims: mean.dims, data: mean.data.map((value) => scale * value) };
    if (this.#settings.latentMode === 'mean') return { mean: scaled };
    return { mean: scaled, deviation: logVariance.data.map((value) => scale * Math.exp(value / 2)) };
  }

  /** TAESD returns a fixed latent: there is nothing to sample. */
  async #encodeTiny(checkpoint: Checkpoint, config: TaesdConfig, image: NdArray): Promise<EncodedImage> {
    const { latent } = await this.#pool.run(
      {
        key: graphKey('taesd', checkpoint, config, image.dims),
        weights: weightCount(checkpoint),
        compileAt: (target) =>
          compile(checkpoint, { image }, (b, inputs) => ({ latent: taesdEncoder(b, inputs.image, config) }), target),
      },
      { image },
    );
    if (latent === undefined) throw new Error('the encoder returns no latent');
    return { mean: { dims: latent.dims, data: latent.data.map((value) => config.scaling_factor * value) } };
  }

  #textStates(channels: number): Promise<NdArray> {
    const { textStates, prompt, promptFolder } = this.#settings;
    if (textStates !== undefined) return Promise.resolve(textStates);
    this.#states ??= promptStates(this.#checkpoint.text, prompt, channels, promptFolder).catch((thrown: unknown) => {
      // retry with the next image: the failure may have been a lack of memory
      this.#states = undefined;
      throw thrown;
    });
    return this.#states;
  }
}

/** The checkpoint's own schedule, or the official one. */
function scheduleOf(files: ModelFiles): NoiseSchedule {
  const path = files.get('scheduler/scheduler_config.json');
  return path === undefined ? scaledLinearSchedule() : readSchedule(path);
}
