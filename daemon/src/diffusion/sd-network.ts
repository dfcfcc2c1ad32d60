import * as z from 'zod';
import type { Checkpoint } from '../graph/checkpoint.js';
import { compile, readConfig } from '../graph/compile.js';
import { type SdUnetConfig, sdUnet, sdUnetConfigSchema } from '../graph/networks/sd-unet.js';
import { type SdVaeConfig, sdVaeConfigSchema, sdVaeEncoder } from '../graph/networks/sd-vae-encoder.js';
import { type TaesdConfig, taesdConfigSchema, taesdEncoder } from '../graph/networks/taesd.js';
import { type LoadedNetwork, load, type NdArray, runOnce } from '../graph/run.js';
import type { Runtime } from '../graph/runtime.js';
import { readSafetensorsHeader } from '../graph/safetensors.js';
import type { DiffusionNetwork } from './dift.js';
import { gaussianNoise } from './gaussian-noise.js';
import { type ModelFiles, requireFile } from './model-files.js';
import { type NoiseSchedule, scaledLinearSchedule } from './noise-schedule.js';
import { promptStates } from './prompt/prompt-states.js';

const WEIGHTS = ['diffusion_pytorch_model.safetensors', 'diffusion_pytorch_model.fp16.safetensors'];

/** The class of diffusers that the folder `vae` holds when TAESD stands in for the VAE. */
const TINY = 'AutoencoderTiny';
const encoderSchema = z.object({ _class_name: z.string().optional() });

export interface SdSettings {
  t: number;
  upFtIndex: number;
  prompt: string;
  /** Text states (1, tokens, channels) instead of a prompt. */
  textStates?: NdArray;
  /** The VAE's mean, or one sample of its distribution, as the published code draws. */
  latentMode: 'mean' | 'sample';
  /** Of the latent's sample. */
  seed: number;
  /** Where the states of the empty prompt are kept. */
  cacheFolder: string;
  /** CleanDIFT sees the clean latent. */
  noisy: boolean;
}

/** Stable Diffusion as DIFT uses it: VAE encoder, text condition, U-Net cut after one of its up blocks. */
export class SdNetwork implements DiffusionNetwork {
  readonly schedule: NoiseSchedule | null;
  readonly #files: ModelFiles;
  readonly #settings: SdSettings;
  readonly #runtime: Runtime;
  #unet: Promise<LoadedNetwork> | undefined;
  #states: Promise<NdArray> | undefined;

  constructor(files: ModelFiles, settings: SdSettings, runtime: Runtime) {
    this.#files = files;
    this.#settings = settings;
    this.#runtime = runtime;
    this.schedule = settings.noisy ? scaledLinearSchedule() : null;
  }

  /** The encoder runs once an image, and leaves memory before the U-Net comes. */
  async encode(image: NdArray): Promise<NdArray> {
    const configPath = requireFile(this.#files, 'vae/config.json');
    const checkpoint = readSafetensorsHeader(requireFile(this.#files, ...WEIGHTS.map((name) => `vae/${name}`)));
    return readConfig(configPath, encoderSchema)._class_name === TINY
      ? this.#encodeTiny(checkpoint, readConfig(configPath, taesdConfigSchema), image)
      : this.#encodeVae(checkpoint, readConfig(configPath, sdVaeConfigSchema), image);
  }

  async features(latent: NdArray): Promise<NdArray> {
    const config = readConfig(requireFile(this.#files, 'unet/config.json'), sdUnetConfigSchema);
    const text = await this.#textStates(config.cross_attention_dim);
    this.#unet ??= this.#loadUnet(config, latent, text);
    return (await this.#unet).run({ latent, text }, 'features');
  }

  async release(): Promise<void> {
    await (await this.#unet)?.release();
  }

  async #encodeVae(checkpoint: Checkpoint, config: SdVaeConfig, image: NdArray): Promise<NdArray> {
    const { mean, logVariance } = await runOnce(
      this.#runtime,
      (target) => compile(checkpoint, { image }, (b, inputs) => ({ ...sdVaeEncoder(b, inputs.image, config) }), target),
      { image },
    );
    if (mean === undefined || logVariance === undefined) throw new Error('the VAE gives a mean and a variance');
    return { dims: mean.dims, data: this.#latent(mean.data, logVariance.data, config.scaling_factor) };
  }

  #latent(mean: Float32Array, logVariance: Float32Array, scale: number): Float32Array {
    if (this.#settings.latentMode === 'mean') return mean.map((value) => scale * value);
    const noise = gaussianNoise(mean.length, this.#settings.seed);
    return mean.map((value, i) => scale * (value + Math.exp((logVariance[i] ?? 0) / 2) * (noise[i] ?? 0)));
  }

  #loadUnet(config: SdUnetConfig, latent: NdArray, text: NdArray): Promise<LoadedNetwork> {
    const { t: timestep, upFtIndex } = this.#settings;
    const checkpoint = readSafetensorsHeader(requireFile(this.#files, ...WEIGHTS.map((name) => `unet/${name}`)));
    return load(this.#runtime, (target) =>
      compile(
        checkpoint,
        { latent, text },
        (b, inputs) => ({ features: sdUnet(b, { ...inputs, timestep }, config, upFtIndex) }),
        target,
      ),
    );
  }

  #textStates(channels: number): Promise<NdArray> {
    const { textStates, prompt, cacheFolder } = this.#settings;
    this.#states ??= textStates
      ? Promise.resolve(textStates)
      : promptStates(this.#files, prompt, channels, cacheFolder);
    return this.#states;
  }

  /** TAESD's latent is certain: there is nothing to sample. */
  async #encodeTiny(checkpoint: Checkpoint, config: TaesdConfig, image: NdArray): Promise<NdArray> {
    const { latent } = await runOnce(
      this.#runtime,
      (target) =>
        compile(checkpoint, { image }, (b, inputs) => ({ latent: taesdEncoder(b, inputs.image, config) }), target),
      { image },
    );
    if (latent === undefined) throw new Error('the encoder gives a latent');
    return { dims: latent.dims, data: latent.data.map((value) => config.scaling_factor * value) };
  }
}
