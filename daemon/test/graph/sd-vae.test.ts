import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { sdVaeConfigSchema, sdVaeEncoder } from '../../src/graph/networks/sd-vae-encoder.js';
import type { Checkpoint } from '../../src/graph/weights/checkpoint.js';
import { readSafetensorsHeader } from '../../src/graph/weights/safetensors.js';
import { readConfig, readTensor, relativeError, runNetwork } from '../support/run-network.js';

const FOLDER = fileURLToPath(new URL('../fixtures/sd/vae', import.meta.url));
const REFERENCE = join(FOLDER, 'parity.safetensors');
const OLD_NAMES = { 'to_q.': 'query.', 'to_k.': 'key.', 'to_v.': 'value.', 'to_out.0.': 'proj_attn.' };

/** The checkpoint with diffusers' earlier names of attention. */
function withOldNames(checkpoint: Checkpoint): Checkpoint {
  const oldName = (name: string) =>
    Object.entries(OLD_NAMES).reduce((renamed, [current, old]) => renamed.replace(current, old), name);
  return { ...checkpoint, tensors: new Map([...checkpoint.tensors].map(([name, entry]) => [oldName(name), entry])) };
}

describe.each([
  ['to_q, to_k, to_v, to_out', (checkpoint: Checkpoint) => checkpoint],
  ['query, key, value, proj_attn', withOldNames],
])("the autoencoder's encoder with attention weights named %s equals the original", (_names, named) => {
  it.each(['32x32', '48x24', '40x56'])('at %s', async (size) => {
    const config = sdVaeConfigSchema.parse(readConfig(FOLDER));
    const checkpoint = named(readSafetensorsHeader(join(FOLDER, 'diffusion_pytorch_model.safetensors')));
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
