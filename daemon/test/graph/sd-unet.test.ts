import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { sdUnet, sdUnetConfigSchema } from '../../src/graph/networks/sd-unet.js';
import { GraphBuilder } from '../../src/graph/onnx/graph-builder.js';
import { readSafetensorsHeader } from '../../src/graph/weights/safetensors.js';
import { readConfig, readTensor, relativeError, runNetwork } from '../support/run-network.js';

const FIXTURES = fileURLToPath(new URL('../fixtures/sd', import.meta.url));
const CASES = [
  { size: '16x16', timestep: 261, what: 'square' },
  { size: '8x24', timestep: 0, what: 'not square' },
  { size: '10x13', timestep: 41.25, what: 'sizes that do not halve, at a time that is not whole' },
].flatMap((example) => [0, 1, 2, 3].map((upFtIndex) => ({ ...example, upFtIndex })));

function open(family: string) {
  const folder = join(FIXTURES, family, 'unet');
  return {
    reference: join(FIXTURES, family, 'parity.safetensors'),
    config: sdUnetConfigSchema.parse(readConfig(folder)),
    checkpoint: readSafetensorsHeader(join(folder, 'diffusion_pytorch_model.safetensors')),
  };
}

describe.each([
  ['SD 1.5-like (fixed heads, convolution projections, fp16 weights)', 'sd1'],
  ['SD 2.1-like (heads per block, linear projections, fp32 weights)', 'sd2'],
])('the U-Net of %s equals the original', (_description, family) => {
  const { reference, config, checkpoint } = open(family);

  it.each(CASES)('at $size ($what), up block $upFtIndex', async ({ size, timestep, upFtIndex }) => {
    const expected = readTensor(reference, `features_${size}_${upFtIndex}`);
    const inputs = { latent: readTensor(reference, `latent_${size}`), text: readTensor(reference, 'text') };
    const { features } = await runNetwork(checkpoint, inputs, (b, input) => ({
      features: sdUnet(b, { latent: input('latent'), text: input('text'), timestep }, config, upFtIndex),
    }));

    expect(features.dims).toEqual(expected.dims);
    expect(relativeError(features.data, expected.data)).toBeLessThan(1e-4);
  });

  it('with the text as a constant of the graph', async () => {
    const text = readTensor(reference, 'text');
    const expected = readTensor(reference, 'features_16x16_1');
    const { features } = await runNetwork(checkpoint, { latent: readTensor(reference, 'latent_16x16') }, (b, input) => {
      const constant = b.constant(text.dims, text.data);
      return { features: sdUnet(b, { latent: input('latent'), text: constant, timestep: 261 }, config, 1) };
    });

    expect(relativeError(features.data, expected.data)).toBeLessThan(1e-4);
  });
});

describe('the U-Net of Stable Diffusion', () => {
  it.each([-1, 4, 1.5])('has no up block %s', (upFtIndex) => {
    const { config, checkpoint } = open('sd1');
    const b = new GraphBuilder(checkpoint);
    const inputs = { latent: b.input('latent', [1, 4, 16, 16]), text: b.input('text', [1, 77, 24]), timestep: 0 };
    expect(() => sdUnet(b, inputs, config, upFtIndex)).toThrow(/up blocks 0 to 3/);
  });

  it.each([
    ['class_embed_type', 'timestep'],
    ['addition_embed_type', 'text_time'],
    ['only_cross_attention', true],
    ['resnet_time_scale_shift', 'scale_shift'],
    ['attention_head_dim', [5, 10]],
  ])('rejects a configuration with %s %j', (key, value) => {
    const config = Object.assign({}, readConfig(join(FIXTURES, 'sd1/unet')), { [key]: value });
    expect(sdUnetConfigSchema.safeParse(config).success).toBe(false);
  });
});
