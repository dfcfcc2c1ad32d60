import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { sdVaeConfigSchema, sdVaeEncoder } from '../../src/graph/networks/sd-vae-encoder.js';
import { readSafetensorsHeader } from '../../src/graph/safetensors.js';
import { readTensor, relativeError } from '../support/read-tensor.js';
import { readConfig, runNetwork } from '../support/run-network.js';

const FIXTURES = fileURLToPath(new URL('../fixtures/sd', import.meta.url));
const REFERENCE = join(FIXTURES, 'vae/parity.safetensors');

describe.each([
  ['to_q, to_k, to_v, to_out', 'vae'],
  ['query, key, value, proj_attn', 'vae-old'],
])("the autoencoder's encoder with attention weights named %s equals the original", (_names, family) => {
  it.each(['32x32', '48x24', '40x56'])('at %s', async (size) => {
    const folder = join(FIXTURES, family);
    const config = sdVaeConfigSchema.parse(readConfig(folder));
    const checkpoint = readSafetensorsHeader(join(folder, 'diffusion_pytorch_model.safetensors'));
    const image = readTensor(REFERENCE, `image_${size}`);
    const { mean, logVariance } = await runNetwork(checkpoint, { image }, (b, input) =>
      sdVaeEncoder(b, input('image'), config),
    );

    const expected = readTensor(REFERENCE, `mean_${size}`);
    expect(mean.dims).toEqual(expected.dims);
    expect(relativeError(mean.data, expected.data)).toBeLessThan(1e-4);
    expect(relativeError(logVariance.data, readTensor(REFERENCE, `logvar_${size}`).data)).toBeLessThan(1e-4);
  });
});
