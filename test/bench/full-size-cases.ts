import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { writeNpy } from '../../daemon/src/cli/files/npy.js';
import { gaussianNoise } from '../../daemon/src/diffusion/gaussian-noise.js';
import {
  admCheckpoint,
  CHECKPOINTS,
  dinov2BCheckpoint,
  SD21_TEXT_DIMS,
  sd21Checkpoint,
  surveyAdm,
  surveyDinov2B,
  surveySd21Unet,
  surveySd21Vae,
} from './full-size-networks.js';
import type { FeaturesRequest } from './run-child.js';

/** A network of published size on one image. */
export interface FullSizeCase {
  title: string;
  sizePx: number;
  /** Multiply-accumulates of one image. */
  macs: number;
  /** Shape of the features. */
  dims: readonly number[];
  /** Writes the random checkpoint and the inputs, if missing. */
  prepare(): Promise<FeaturesRequest>;
}

/** Settings of the paper; noise does not affect time and memory. */
const SD_SETTINGS = { t: 261, block: 1 };
const ADM_SETTINGS = { t: 101, block: 4 };
const DINOV2_B_LAST_BLOCK = 11;
const ONE = { ensembleSize: 1, latentMode: 'mean', runs: 2 } as const;
/** Standard deviation of random pixels, so that most lie in [−1,1]. */
const PIXEL_DEVIATION = 1 / 3;

export const FULL_SIZE_CASES: readonly FullSizeCase[] = [
  ...[512, 768].map((sizePx) => ({
    title: 'Stable Diffusion 2.1, VAE and U-Net to up block 1',
    sizePx,
    macs: surveySd21Vae(sizePx).macs + surveySd21Unet(sizePx, SD_SETTINGS.block).macs,
    dims: [1, 1280, sizePx / 16, sizePx / 16],
    prepare: () => sd21Request(sizePx),
  })),
  {
    title: 'ADM 256×256 unconditional, to output block 4',
    sizePx: 256,
    macs: surveyAdm(256, ADM_SETTINGS.block).macs,
    dims: [1, 1024, 16, 16],
    prepare: async () => ({
      ...ADM_SETTINGS,
      ...ONE,
      network: 'adm',
      checkpoint: admCheckpoint(),
      image: await imageFile(256),
    }),
  },
  {
    title: 'DINOv2-B, last block',
    sizePx: 518,
    macs: surveyDinov2B(518).macs,
    dims: [1, 768, 37, 37],
    prepare: async () => ({
      ...ONE,
      t: 0,
      block: DINOV2_B_LAST_BLOCK,
      network: 'vit',
      checkpoint: dinov2BCheckpoint(),
      image: await imageFile(518),
    }),
  },
];

/** Stable Diffusion 2.1 on a square image, with the paper's settings for semantic correspondence, except the ensemble. */
export async function sd21Request(sizePx: number): Promise<FeaturesRequest> {
  const text = await inputFile('text', SD21_TEXT_DIMS);
  const image = await imageFile(sizePx);
  return { ...SD_SETTINGS, ...ONE, network: 'sd-unet', checkpoint: sd21Checkpoint(), image, text };
}

/** An NPY file of Gaussian noise in the folder of the checkpoints. */
export async function inputFile(name: string, dims: readonly number[], deviation = 1): Promise<string> {
  const path = join(CHECKPOINTS, `${name}-${dims.join('x')}.npy`);
  const values = dims.reduce((product, dim) => product * dim, 1);
  mkdirSync(CHECKPOINTS, { recursive: true });
  await writeNpy(path, {
    dims,
    data: gaussianNoise(values, { content: '', seed: values, member: 0 }).map((value) => value * deviation),
  });
  return path;
}

function imageFile(sizePx: number): Promise<string> {
  return inputFile('image', [1, 3, sizePx, sizePx], PIXEL_DEVIATION);
}
