import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { NetworkPool } from '../../src/diffusion/networks/network-pool.js';
import { openPart } from '../../src/diffusion/networks/open-network.js';
import { openSdCheckpoint } from '../../src/diffusion/networks/sd-checkpoint.js';
import { resolvePresets } from '../../src/diffusion/plan/feature-plan.js';
import { sdUnetConfigOf, sdVaeConfigOf } from '../../src/graph/networks/sd-configs.js';
import { sdUnet, sdUnetConfigSchema } from '../../src/graph/networks/sd-unet.js';
import { CPU_RUNTIME } from '../../src/graph/runtime/runtime.js';
import { type Checkpoint, ELEMENT_BYTES, type TensorEntry } from '../../src/graph/weights/checkpoint.js';
import { readSafetensorsHeader } from '../../src/graph/weights/safetensors.js';
import { ldmText, ldmUnet, ldmVae } from '../../src/graph/weights/sd-single-file.js';
import { readConfig, readTensor, relativeError, runNetwork } from '../support/run-network.js';
import { useTempFolder } from '../support/temp-folder.js';
import { writeSafetensors } from '../support/weights-files.js';

const SD = fileURLToPath(new URL('../fixtures/sd', import.meta.url));
const WEIGHTS = 'diffusion_pytorch_model.safetensors';
const UNET = readSafetensorsHeader(`${SD}/sd1/unet/${WEIGHTS}`);

/** Original names beside those of diffusers and transformers, as the converters of diffusers pair them. */
const pairs = z.array(z.tuple([z.string(), z.string()]));
const NAMES = z
  .object({ unet: pairs, vae: pairs, openClip: pairs })
  .parse(JSON.parse(gunzipSync(readFileSync(`${SD}/ldm-names.json.gz`)).toString()));

const folder = useTempFolder();
let offset = 0;
/** A tensor with a unique offset. */
const entry = (shape: readonly number[] = [6, 2]): TensorEntry => {
  const length = shape.reduce((a, b) => a * b, ELEMENT_BYTES.F32);
  offset += length;
  return { dtype: 'F32', shape, file: 'x', offset, length };
};
const checkpointOf = (tensors: Iterable<readonly [string, TensorEntry]>): Checkpoint => ({
  path: 'x',
  folder: '.',
  tensors: new Map(tensors),
});

/** Writes tensors of `from` under other names, and more. */
function writeRenamed(
  path: string,
  from: Checkpoint,
  names: Iterable<readonly [string, string]>,
  more: object = {},
): void {
  const header: Record<string, unknown> = { ...more };
  const parts: Buffer[] = [Buffer.alloc(4)];
  let at = 4;
  const bytes = readFileSync(from.path);
  for (const [to, name] of names) {
    const tensor = from.tensors.get(name);
    if (tensor === undefined) throw new Error(`there is no ${name}`);
    parts.push(bytes.subarray(tensor.offset, tensor.offset + tensor.length));
    header[to] = { dtype: tensor.dtype, shape: tensor.shape, data_offsets: [at, at + tensor.length] };
    at += tensor.length;
  }
  writeSafetensors(path, header, Buffer.concat(parts));
}

describe('the names of Stable Diffusion in the original layout', () => {
  it('of the U-Net become those of diffusers', () => {
    const original = checkpointOf(NAMES.unet.map(([name]) => [name, entry()]));
    const { tensors } = ldmUnet(original);
    for (const [theirs, ours] of NAMES.unet) {
      if (!ours.startsWith('conv_norm_out') && !ours.startsWith('conv_out')) {
        expect(tensors.get(ours), ours).toEqual(original.tensors.get(theirs));
      }
    }
  });

  it('of the encoder become those of diffusers, its attention linear', () => {
    const original = checkpointOf(NAMES.vae.map(([name]) => [name, entry([2, 2, 1, 1])]));
    const { tensors } = ldmVae(original);
    for (const [theirs, ours] of NAMES.vae) {
      const shape = ours.includes('.attentions.') ? [2, 2] : [2, 2, 1, 1];
      expect(tensors.get(ours), ours).toEqual({ ...original.tensors.get(theirs), shape });
    }
  });

  it('of OpenCLIP become those of transformers, with split projections and without the last block', () => {
    const last = 'cond_stage_model.model.transformer.resblocks.2.ln_1.weight';
    const original = checkpointOf([...NAMES.openClip.map(([name]) => name), last].map((name) => [name, entry()]));
    const text = ldmText(original);
    expect(text?.activation).toBe('gelu');
    expect([...(text?.checkpoint.tensors.keys() ?? [])].sort()).toEqual(NAMES.openClip.map(([, name]) => name).sort());
    for (const [theirs, ours] of NAMES.openClip) {
      const whole = original.tensors.get(theirs);
      const third = ['q_proj', 'k_proj', 'v_proj'].findIndex((part) => ours.includes(part));
      const part = { ...whole, shape: [2, 2], length: 16, offset: (whole?.offset ?? 0) + 16 * third };
      expect(text?.checkpoint.tensors.get(ours), ours).toEqual(third === -1 ? whole : part);
    }
  });
});

describe('Stable Diffusion in one file', () => {
  const vae = new Map(['config.json', WEIGHTS].map((name) => [`vae/${name}`, `${SD}/vae/${name}`]));
  const open = (path: string) => openSdCheckpoint(new Map([...vae, ['model.safetensors', path]]));

  it('in the original layout has the features of diffusers', async () => {
    const path = folder.path('ldm.safetensors');
    writeRenamed(path, UNET, NAMES.unet);
    copyFileSync(`${SD}/sd1/unet/config.json`, folder.path('config.json'));
    const { checkpoint, config } = open(path).unet;
    const reference = `${SD}/sd1/parity.safetensors`;
    const inputs = { latent: readTensor(reference, 'latent_8x24'), text: readTensor(reference, 'text') };
    const { features } = await runNetwork(checkpoint, inputs, (b, input) => ({
      features: sdUnet(b, { latent: input('latent'), text: input('text'), timestep: 0 }, config, 2),
    }));
    expect(relativeError(features.data, readTensor(reference, 'features_8x24_2').data)).toBeLessThan(1e-4);
  });

  it.each([
    ['F32', 4, Buffer.from(Float32Array.of(233.75).buffer), 233.75],
    ['BF16', 2, Buffer.from([0x6a, 0x43]), 234],
  ])('of CleanDIFT contains its own U-Net and the learned timestep (%s)', (dtype, length, bytes, learnedT) => {
    const path = folder.path(`full-${dtype}.safetensors`);
    const own = [...UNET.tensors.keys()].map((name) => [`unet_feature_extractor_cleandift.${name}`, name] as const);
    const base = [...UNET.tensors.keys()].map((name) => [`unet_feature_extractor_base.${name}`, name] as const);
    writeRenamed(path, UNET, [...base, ...own], { timestep: { dtype, shape: [], data_offsets: [0, length] } });
    const file = readFileSync(path);
    const at = readSafetensorsHeader(path).tensors.get('timestep')?.offset ?? 0;
    writeFileWith(path, file, at, bytes);
    const { unet } = open(path);
    expect(unet.learnedT).toBe(learnedT);
    const first = readSafetensorsHeader(path).tensors.get('unet_feature_extractor_cleandift.conv_in.weight');
    expect(unet.checkpoint.tensors.get('conv_in.weight')).toEqual(first);
  });

  it('of CleanDIFT uses the learned timestep unless `t` is set', async () => {
    const path = folder.path('learned.safetensors');
    const own = [...UNET.tensors.keys()].map((name) => [`unet_feature_extractor_cleandift.${name}`, name] as const);
    writeRenamed(path, UNET, own, { timestep: { dtype: 'F32', shape: [], data_offsets: [0, 4] } });
    copyFileSync(`${SD}/sd1/unet/config.json`, folder.path('config.json'));
    const reference = `${SD}/sd1/parity.safetensors`;
    const [latent, text] = [readTensor(reference, 'latent_8x24'), readTensor(reference, 'text')];
    const pool = new NetworkPool(CPU_RUNTIME);
    const featuresAt = async (t?: number) => {
      const [chosen] = resolvePresets({ backend: 'cleandift-sd21', upFtIndex: 0, t });
      if (chosen === undefined) throw new Error('a backend has a preset');
      const files = new Map([...vae, ['model.safetensors', path] as const]);
      const part = { ...chosen, files, weightsId: '', prompt: '', seed: 0, downscaleSteps: 0 };
      return openPart(part, pool, text).features(latent);
    };
    const learned = await featuresAt();
    // the first four bytes of the file are zeros: the time that was learned is 0
    expect(await featuresAt(0)).toEqual(learned);
    expect(await featuresAt(500)).not.toEqual(learned);
    await pool.release();
  });

  it('with only a U-Net needs the encoder of another checkpoint', () => {
    const path = folder.path('unet.safetensors');
    copyFileSync(UNET.path, path);
    expect(open(path).encoder).toMatchObject({ kind: 'kl', checkpoint: { path: `${SD}/vae/${WEIGHTS}` } });
    expect(() => openSdCheckpoint(new Map([['model.safetensors', path]]))).toThrow(/no vae\/config\.json/);
  });
});

describe('a configuration from shapes', () => {
  it.each([
    ['sd1', [8, 8, 8, 8]],
    ['sd2', [8 / 64, 16 / 64, 16 / 64, 24 / 64]],
  ])('of %s equals that of diffusers, except for fields that shapes do not determine', (family, heads) => {
    const written = sdUnetConfigSchema.parse(readConfig(`${SD}/${family}/unet`));
    const checkpoint = readSafetensorsHeader(`${SD}/${family}/unet/${WEIGHTS}`);
    const widened = { ...checkpoint, tensors: new Map([...checkpoint.tensors].map(([n, t]) => [n, timesHeads(t)])) };
    const config = sdUnetConfigOf(widened);
    // without the fields of parts that Stable Diffusion lacks
    expect({
      ...written,
      block_out_channels: written.block_out_channels.map((c) => 64 * c),
      cross_attention_dim: 64 * written.cross_attention_dim,
      attention_head_dim: heads.map((h) => (family === 'sd2' ? 64 * h : h)),
      norm_num_groups: 32,
    }).toMatchObject(config);
  });

  it('of the autoencoder equals that of diffusers', () => {
    const config = sdVaeConfigOf(readSafetensorsHeader(`${SD}/vae/${WEIGHTS}`));
    expect(config).toMatchObject({ latent_channels: 4, layers_per_block: 2, block_out_channels: [16, 24, 32, 32] });
  });

  it('is rejected for another network', () => {
    const vit = fileURLToPath(new URL('../fixtures/vit/dinov2/model.safetensors', import.meta.url));
    expect(() => sdUnetConfigOf(readSafetensorsHeader(vit))).toThrow(
      expect.objectContaining({ code: 'MODEL_INVALID', message: expect.stringContaining('does not hold a U-Net') }),
    );
  });
});

/** The shape of a network 64 times as wide, so that its channels make whole heads. */
function timesHeads(tensor: TensorEntry): TensorEntry {
  const [first = 0, second, ...kernel] = tensor.shape;
  return {
    ...tensor,
    shape: second === undefined ? [64 * first] : [64 * first, second === 4 ? 4 : 64 * second, ...kernel],
  };
}

function writeFileWith(path: string, file: Buffer, at: number, bytes: Buffer): void {
  bytes.copy(file, at);
  writeFileSync(path, file);
}
