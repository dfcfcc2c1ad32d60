import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ADM_256_UNCONDITIONAL, admUnet } from '../../daemon/src/graph/networks/adm-unet.js';
import { SD21_UNET, SD21_VAE } from '../../daemon/src/graph/networks/sd-configs.js';
import { sdUnet, sdUnetConfigSchema } from '../../daemon/src/graph/networks/sd-unet.js';
import { sdVaeConfigSchema, sdVaeEncoder } from '../../daemon/src/graph/networks/sd-vae-encoder.js';
import { vit, vitPixels } from '../../daemon/src/graph/networks/vit.js';
import { vitConfigSchema } from '../../daemon/src/graph/networks/vit-config.js';
import { type NetworkSurvey, surveyNetwork } from '../../daemon/src/graph/probe/survey-network.js';
import { writeRandomPytorchFile, writeRandomSafetensors } from './random-weights.js';

/** Cache folder of random checkpoints (4 GB). */
export const CHECKPOINTS = process.env.SAMEPOINT_BENCH_DIR ?? join(tmpdir(), 'samepoint-bench');

const SEED = 1;
/** Raise to discard cached files. */
const FORMAT = 'v1';
const TEXT_TOKENS = 77;

const DINOV2_B = { model_type: 'dinov2', image_size: 518, patch_size: 14 };

const unetConfig = sdUnetConfigSchema.parse(SD21_UNET);
const vaeConfig = sdVaeConfigSchema.parse(SD21_VAE);
const vitConfig = vitConfigSchema.parse(DINOV2_B);
const LAST_UP_BLOCK = unetConfig.up_block_types.length - 1;
const LAST_OUTPUT_BLOCK = ADM_256_UNCONDITIONAL.channel_mult.length * (ADM_256_UNCONDITIONAL.num_res_blocks + 1) - 1;

/** Shape of Stable Diffusion 2.1's text states: (1, tokens, channels). */
export const SD21_TEXT_DIMS = [1, TEXT_TOKENS, unetConfig.cross_attention_dim] as const;

export const surveySd21Unet = (sizePx: number, upFtIndex: number): NetworkSurvey =>
  surveyNetwork({ latent: { dims: [1, 4, sizePx / 8, sizePx / 8] }, text: { dims: SD21_TEXT_DIMS } }, (b, inputs) => ({
    features: sdUnet(b, { ...inputs, timestep: 0 }, unetConfig, upFtIndex),
  }));

export const surveySd21Vae = (sizePx: number): NetworkSurvey =>
  surveyNetwork(pixels(sizePx), (b, { image }) => ({ ...sdVaeEncoder(b, image, vaeConfig) }));

export const surveyAdm = (sizePx: number, outputBlock: number): NetworkSurvey =>
  surveyNetwork(pixels(sizePx), (b, { image }) => ({
    features: admUnet(b, { x: image, timestep: 0 }, ADM_256_UNCONDITIONAL, outputBlock),
  }));

export const surveyDinov2B = (sizePx: number): NetworkSurvey =>
  surveyNetwork(pixels(sizePx), (b, { image }) => ({
    features: vit(b, vitPixels(b, image, vitConfig), vitConfig, { layer: vitConfig.layers - 1 }),
  }));

/** Random weights in the layout of diffusers, readable by Samepoint and diffusers. */
export function sd21Checkpoint(): string {
  return checkpoint('sd21', (folder) => {
    const unet = new Map([...surveySd21Unet(512, LAST_UP_BLOCK).weights, ...unetHead()]);
    writeNetwork(join(folder, 'unet'), SD21_UNET, unet, 'diffusion_pytorch_model.safetensors');
    const { weights } = surveySd21Vae(512);
    writeNetwork(join(folder, 'vae'), SD21_VAE, weights, 'diffusion_pytorch_model.safetensors');
  });
}

/** Random weights in the layout of the official 256×256 unconditional checkpoint. */
export function admCheckpoint(): string {
  return checkpoint('adm', (folder) => {
    writeRandomPytorchFile(join(folder, 'model.pt'), surveyAdm(256, LAST_OUTPUT_BLOCK).weights, SEED);
  });
}

/** Random weights in the layout of transformers. */
export function dinov2BCheckpoint(): string {
  return checkpoint('dinov2-b', (folder) => {
    writeNetwork(folder, DINOV2_B, surveyDinov2B(518).weights, 'model.safetensors');
  });
}

/** Weights of diffusers' U-Net after its last up block, which features do not need. */
function unetHead(): [string, readonly number[]][] {
  const [channels = 0] = unetConfig.block_out_channels;
  return [
    ['conv_norm_out.weight', [channels]],
    ['conv_norm_out.bias', [channels]],
    ['conv_out.weight', [4, channels, 3, 3]],
    ['conv_out.bias', [4]],
  ];
}

function writeNetwork(folder: string, config: object, weights: NetworkSurvey['weights'], file: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config, null, 2));
  writeRandomSafetensors(join(folder, file), weights, SEED);
}

/** Folder of a checkpoint, created if missing. It is renamed when complete. */
function checkpoint(id: string, write: (folder: string) => void): string {
  const folder = join(CHECKPOINTS, `${id}-${FORMAT}`);
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}.${process.pid}`;
  mkdirSync(dirname(folder), { recursive: true });
  mkdirSync(unfinished);
  try {
    write(unfinished);
    renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return folder;
}

function pixels(sizePx: number): { image: { dims: readonly number[] } } {
  return { image: { dims: [1, 3, sizePx, sizePx] } };
}
