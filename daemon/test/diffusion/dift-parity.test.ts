import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { dift } from '../../src/diffusion/dift.js';
import { NetworkPool } from '../../src/diffusion/networks/network-pool.js';
import { openNetwork } from '../../src/diffusion/networks/open-network.js';
import { CPU_RUNTIME } from '../../src/graph/runtime/runtime.js';
import { readTensor, relativeError } from '../support/run-network.js';

const SD = fileURLToPath(new URL('../fixtures/sd', import.meta.url));
const WEIGHTS = 'diffusion_pytorch_model.safetensors';
const MEMBERS = 3;

const pool = new NetworkPool(CPU_RUNTIME);
afterAll(() => pool.release());

const files = (family: string) =>
  new Map(
    [`unet/config.json`, `unet/${WEIGHTS}`]
      .map((name) => [name, `${SD}/${family}/${name}`] as const)
      .concat(['config.json', WEIGHTS].map((name) => [`vae/${name}`, `${SD}/vae/${name}`] as const)),
  );

describe.each([
  { family: 'sd1', t: 261 },
  { family: 'sd2', t: 51 },
])(
  'from the image to the mean of an ensemble with given noise, as diffusers computes it ($family, t $t)',
  (example) => {
    const { family, t } = example;
    const reference = `${SD}/dift/${family}.safetensors`;
    const noise = readTensor(reference, 'noise');
    const condition = {
      prompt: '',
      textStates: readTensor(`${SD}/${family}/parity.safetensors`, 'text'),
      preferLearnedT: false,
      promptFolder: '',
    };

    const latentNoise = readTensor(reference, 'latent_noise');

    it.each([
      ...[0, 1, 2, 3].map((upFtIndex) => ({ upFtIndex, latentMode: 'mean' as const, kind: 'features' })),
      ...[0, 1, 2, 3].map((upFtIndex) => ({ upFtIndex, latentMode: 'sample' as const, kind: 'sampled' })),
    ])('up block $upFtIndex of the $latentMode of the latent', async ({ upFtIndex, latentMode, kind }) => {
      const cut = { network: 'sd-unet', t, upFtIndex } as const;
      const network = openNetwork(cut, files(family), { ...condition, latentMode }, pool);
      const image = readTensor(reference, 'image');
      const [features] = await dift(network, image, { t, ensembleSize: MEMBERS, seed: 0, noise, latentNoise });

      const expected = readTensor(reference, `${kind}_${upFtIndex}`);
      expect(features?.dims).toEqual(expected.dims);
      expect(relativeError(features?.data ?? new Float32Array(), expected.data)).toBeLessThan(1e-4);
    });
  },
);
