import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sdUnet, sdUnetConfigSchema } from '../../src/graph/networks/sd-unet.js';
import { sdVaeConfigSchema, sdVaeEncoder } from '../../src/graph/networks/sd-vae-encoder.js';
import { readSafetensorsHeader } from '../../src/graph/weights/safetensors.js';
import { CATALOGUE } from '../../src/models/catalogue.js';
import { pullModel } from '../../src/models/download/pull-model.js';
import { resolveModel } from '../../src/models/resolve-model.js';
import { readConfig, readTensor, relativeError, runNetwork } from '../support/run-network.js';
import { ModelRoom, modelWith, unetFile } from './model-room.js';

const FIXTURES = fileURLToPath(new URL('../fixtures/sd', import.meta.url));
const WEIGHTS = 'diffusion_pytorch_model.safetensors';

let room: ModelRoom;
beforeEach(async () => {
  room = await ModelRoom.open();
});
afterEach(() => room.close());

/** Pulls a fixture as if it were the catalogue's file `name` of Stable Diffusion 2.1, and opens what arrived. */
async function pullAs(name: string, content: Buffer) {
  const official = CATALOGUE.find(({ id }) => id === 'sd21')?.files.find((file) => file.name === name);
  if (official?.tensors === undefined || official.proof === undefined) throw new TypeError(`${name} is pulled whole`);
  const { tensors, proof } = official;
  room.hub.put('weights.safetensors', content);
  const at = { repository: 'org/tiny', revision: 'main' };
  const source = { kind: 'hub' as const, at, path: 'weights.safetensors' };
  const file = unetFile({ name, source, size: null, sha256: null, tensors, proof });
  const environment = room.environment({ catalogue: [modelWith([file])] });
  await pullModel('tiny', {}, environment);
  const resolved = resolveModel('tiny', {}, environment);
  if (!resolved.ok) throw resolved.error;
  return readSafetensorsHeader(resolved.files.get(name) ?? '');
}

describe('the tensors of a pull are sufficient', () => {
  it.each([0, 1, 2])('for up block %i of the U-Net', async (upFtIndex) => {
    const folder = join(FIXTURES, 'sd2');
    const whole = readFileSync(join(folder, 'unet', WEIGHTS));
    const checkpoint = await pullAs('unet/diffusion_pytorch_model.safetensors', whole);
    const reference = join(folder, 'parity.safetensors');
    const config = sdUnetConfigSchema.parse(readConfig(join(folder, 'unet')));
    const inputs = { latent: readTensor(reference, 'latent_16x16'), text: readTensor(reference, 'text') };
    const { features } = await runNetwork(checkpoint, inputs, (b, input) => ({
      features: sdUnet(b, { latent: input('latent'), text: input('text'), timestep: 261 }, config, upFtIndex),
    }));
    const expected = readTensor(reference, `features_16x16_${upFtIndex}`);
    expect(relativeError(features.data, expected.data)).toBeLessThan(1e-4);
    expect([...checkpoint.tensors.keys()].filter((name) => name.startsWith('up_blocks.3.'))).toEqual([]);
  });

  it('for the encoder of the autoencoder', async () => {
    const folder = join(FIXTURES, 'vae');
    const checkpoint = await pullAs('vae/diffusion_pytorch_model.safetensors', readFileSync(join(folder, WEIGHTS)));
    const reference = join(folder, 'parity.safetensors');
    const config = sdVaeConfigSchema.parse(readConfig(folder));
    const { mean } = await runNetwork(checkpoint, { image: readTensor(reference, 'image_32x32') }, (b, input) =>
      sdVaeEncoder(b, input('image'), config),
    );
    expect(relativeError(mean.data, readTensor(reference, 'mean_32x32').data)).toBeLessThan(1e-4);
  });
});
