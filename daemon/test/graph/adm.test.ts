import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { addNoise, linearSchedule } from '../../src/diffusion/noise-schedule.js';
import { type AdmUnetConfig, admUnet, admUnetConfigSchema } from '../../src/graph/networks/adm-unet.js';
import { GraphBuilder } from '../../src/graph/onnx/graph-builder.js';
import type { Checkpoint } from '../../src/graph/weights/checkpoint.js';
import { readPytorchZip } from '../../src/graph/weights/pytorch.js';
import { type FloatTensor, readConfig, readTensor, relativeError, runNetwork } from '../support/run-network.js';

const FIXTURES = fileURLToPath(new URL('../fixtures/adm', import.meta.url));
const CASES = [
  { size: '8x8', t: 101 },
  { size: '8x16', t: 41 },
];

async function open(family: string) {
  const folder = join(FIXTURES, family);
  return {
    config: admUnetConfigSchema.parse(readConfig(folder)),
    checkpoint: await readPytorchZip(join(folder, 'model.pt')),
    reference: join(folder, 'parity.safetensors'),
  };
}

/** Features of the image, averaged over the noises of an ensemble. */
async function dift(
  network: { checkpoint: Checkpoint; config: AdmUnetConfig },
  input: { image: FloatTensor; noise: FloatTensor; t: number },
  outputBlock: number,
): Promise<FloatTensor> {
  const { image, noise, t } = input;
  const members: FloatTensor[] = [];
  for (let begin = 0; begin < noise.data.length; begin += image.data.length) {
    const epsilon = noise.data.subarray(begin, begin + image.data.length);
    const x = { dims: image.dims, data: addNoise(linearSchedule(), image.data, epsilon, t) };
    const { features } = await runNetwork(network.checkpoint, { x }, (b, value) => ({
      features: admUnet(b, { x: value('x'), timestep: t }, network.config, outputBlock),
    }));
    members.push(features);
  }
  const sum = (index: number) => members.reduce((total, { data }) => total + (data[index] ?? 0), 0);
  const [first] = members;
  if (first === undefined) throw new Error('the ensemble is empty');
  return { dims: first.dims, data: first.data.map((_, index) => sum(index) / members.length) };
}

describe.each([
  { family: 'official', blocks: 6, what: 'scale-shift norm, blocks that resample, legacy attention' },
  { family: 'plain', blocks: 4, what: 'added time, convolutions that resample, new attention order' },
])('the U-Net of guided-diffusion ($what) equals the original', ({ family, blocks }) => {
  const everyBlock = Array.from({ length: blocks }, (_, outputBlock) => outputBlock);

  it.each(CASES.flatMap((example) => everyBlock.map((outputBlock) => ({ ...example, outputBlock }))))(
    'at $size, t $t, output block $outputBlock, averaged over an ensemble',
    async ({ size, t, outputBlock }) => {
      const network = await open(family);
      const read = (name: string) => readTensor(network.reference, name);
      const expected = read(`features_${size}_t${t}_k${outputBlock}`);
      const input = { image: read(`image_${size}`), noise: read(`noise_${size}_t${t}`), t };
      const features = await dift(network, input, outputBlock);

      expect(features.dims).toEqual(expected.dims);
      expect(relativeError(features.data, expected.data)).toBeLessThan(1e-4);
    },
  );
});

describe('the U-Net of guided-diffusion', () => {
  async function compile(height: number, outputBlock: number) {
    const { config, checkpoint } = await open('official');
    const b = new GraphBuilder(checkpoint);
    return admUnet(b, { x: b.input('x', [1, 3, height, 16]), timestep: 0 }, config, outputBlock);
  }

  it.each([-1, 6, 0.5])('has no output block %s', async (outputBlock) => {
    await expect(compile(16, outputBlock)).rejects.toThrow(/output blocks 0 to 5/);
  });

  it('rejects sizes that are no multiple of its downsampling', async () => {
    await expect(compile(18, 0)).rejects.toThrow('16×18 is not a multiple of 4');
  });
});
