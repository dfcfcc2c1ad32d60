import { join } from 'node:path';
import { filesOf } from '../../diffusion/networks/model-files.js';
import { readUiConfig } from '../../diffusion/networks/network-checkpoints.js';
import { NetworkPool } from '../../diffusion/networks/network-pool.js';
import { compileUiNetwork } from '../../diffusion/networks/ui-network.js';
import { PIXEL_DEVIATION, randomInput } from '../../engine/providers/random-input.js';
import { compile } from '../../graph/compile.js';
import { SD21_UNET, SD21_VAE } from '../../graph/networks/sd-configs.js';
import { sdUnet, sdUnetConfigSchema } from '../../graph/networks/sd-unet.js';
import { sdVaeConfigSchema, sdVaeEncoder } from '../../graph/networks/sd-vae-encoder.js';
import { uiUnet } from '../../graph/networks/ui-unet.js';
import type { GraphBuilder, Value } from '../../graph/onnx/graph-builder.js';
import { writeSharedWeights } from '../../graph/probe/random-weights.js';
import { surveyNetwork } from '../../graph/probe/survey-network.js';
import type { GraphTarget, Runtime } from '../../graph/runtime/runtime.js';
import type { Checkpoint } from '../../graph/weights/checkpoint.js';
import { weightCount } from '../../graph/weights/checkpoint.js';
import { EMBEDDED_MODEL_FOLDER } from '../../models/catalogue.js';

/** A network with one input size. */
export interface BenchCase {
  title: string;
  sizePx: number;
  /** Multiply-accumulate operations of one image. */
  macs: number;
  /**
   * Prepares a run; networks are loaded by the first run.
   * @param folder for random weights
   * @returns a function that runs the case once
   */
  prepare(runtime: Runtime, folder: string): () => Promise<unknown>;
}

const EMBEDDED_SIDE = 512;
const SD_SIDES = [512, 768];
/** Settings of DIFT for semantic correspondence. */
const SD = { timestep: 261, upFtIndex: 1, textDims: [1, 77, SD21_UNET.cross_attention_dim], cellPx: 8 };

const unetConfig = sdUnetConfigSchema.parse(SD21_UNET);
const vaeConfig = sdVaeConfigSchema.parse(SD21_VAE);

/** Cases of `samepoint bench`, smallest first. */
export function benchCases(): BenchCase[] {
  return [embeddedCase(), ...SD_SIDES.map(sdCase)];
}

function embeddedCase(): BenchCase {
  const files = filesOf(EMBEDDED_MODEL_FOLDER);
  const image = randomInput([1, 3, EMBEDDED_SIDE, EMBEDDED_SIDE], PIXEL_DEVIATION);
  const config = readUiConfig(files);
  const wire = (b: GraphBuilder, inputs: { image: Value }) => ({ features: uiUnet(b, inputs.image, config) });
  return {
    title: 'embedded network',
    sizePx: EMBEDDED_SIDE,
    macs: surveyNetwork({ image }, wire).macs,
    prepare: (runtime) => {
      const pool = new NetworkPool(runtime);
      const side = { width: EMBEDDED_SIDE, height: EMBEDDED_SIDE };
      const entry = {
        key: { weights: 'embedded', graph: 'embedded' },
        weights: 0,
        compileAt: (target: GraphTarget) => compileUiNetwork(files, side, target),
      };
      return () => pool.run(entry, { image });
    },
  };
}

/** Encoder and U-Net up to up block 1, with random weights. */
function sdCase(sizePx: number): BenchCase {
  const image = { dims: [1, 3, sizePx, sizePx] };
  const latent = { dims: [1, 4, sizePx / SD.cellPx, sizePx / SD.cellPx] };
  const text = { dims: SD.textDims };
  const vae = surveyNetwork({ image }, wireVae);
  const unet = surveyNetwork({ latent, text }, wireUnet);
  return {
    title: 'Stable Diffusion 2.1, random weights',
    sizePx,
    macs: vae.macs + unet.macs,
    prepare: (runtime, folder) => {
      const pool = new NetworkPool(runtime);
      const vaeWeights = writeSharedWeights(join(folder, 'vae.bin'), vae.weights);
      const unetWeights = writeSharedWeights(join(folder, 'unet.bin'), unet.weights);
      const pixels = randomInput(image.dims, PIXEL_DEVIATION);
      const feeds = { latent: randomInput(latent.dims), text: randomInput(text.dims) };
      const encoder = {
        ...entryOf(vaeWeights),
        compileAt: (target: GraphTarget) => compile(vaeWeights, { image }, wireVae, target),
      };
      const decoder = {
        ...entryOf(unetWeights),
        compileAt: (target: GraphTarget) => compile(unetWeights, { latent, text }, wireUnet, target),
      };
      return async () => {
        await pool.run(encoder, { image: pixels });
        await pool.run(decoder, feeds);
      };
    },
  };
}

function wireVae(b: GraphBuilder, inputs: Record<'image', Value>): Record<string, Value> {
  return { ...sdVaeEncoder(b, inputs.image, vaeConfig) };
}

function wireUnet(b: GraphBuilder, inputs: Record<'latent' | 'text', Value>): Record<string, Value> {
  return { features: sdUnet(b, { ...inputs, timestep: SD.timestep }, unetConfig, SD.upFtIndex) };
}

function entryOf(checkpoint: Checkpoint) {
  return { key: { weights: checkpoint.path, graph: checkpoint.path }, weights: weightCount(checkpoint) };
}
