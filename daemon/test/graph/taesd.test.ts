import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { taesdConfigSchema, taesdEncoder } from '../../src/graph/networks/taesd.js';
import { readSafetensorsHeader } from '../../src/graph/weights/safetensors.js';
import { readConfig, readTensor, relativeError, runNetwork } from '../support/run-network.js';

const FOLDER = fileURLToPath(new URL('../fixtures/sd/taesd', import.meta.url));
const REFERENCE = join(FOLDER, 'parity.safetensors');

describe("TAESD's encoder (fp16 weights) equals the original", () => {
  it.each(['32x32', '48x24', '40x56'])('at %s', async (size) => {
    const config = taesdConfigSchema.parse(readConfig(FOLDER));
    const checkpoint = readSafetensorsHeader(join(FOLDER, 'diffusion_pytorch_model.safetensors'));
    const expected = readTensor(REFERENCE, `latent_${size}`);
    const { latent } = await runNetwork(checkpoint, { image: readTensor(REFERENCE, `image_${size}`) }, (b, input) => ({
      latent: taesdEncoder(b, input('image'), config),
    }));

    expect(latent.dims).toEqual(expected.dims);
    expect(relativeError(latent.data, expected.data)).toBeLessThan(1e-4);
  });
});
