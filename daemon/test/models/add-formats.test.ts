import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { fileIdentity, filesOf } from '../../src/diffusion/networks/model-files.js';
import { openVit } from '../../src/diffusion/networks/network-checkpoints.js';
import { addModel } from '../../src/models/add-model.js';
import { CATALOGUE } from '../../src/models/catalogue.js';
import { damagedFiles } from '../../src/models/files/check-files.js';
import { verifyModel } from '../../src/models/files/verify-model.js';
import { officialNames } from '../../src/models/files/weights-names.js';
import { findModelFiles, modelOf, modelState, resolveModel } from '../../src/models/resolve-model.js';
import { useTempFolder } from '../support/temp-folder.js';
import { writeSafetensors } from '../support/weights-files.js';
import { ModelRoom } from './model-room.js';

const FORMATS = fileURLToPath(new URL('../fixtures/formats', import.meta.url));
const configSchema = z.record(z.string(), z.unknown());
const UNET = 'unet/diffusion_pytorch_model.safetensors';

const folder = useTempFolder();
let room: ModelRoom;
beforeEach(async () => {
  room = await ModelRoom.open();
});
afterEach(() => room.close());

/** The catalogue, as if the fixtures' U-Net were that of sd21. */
const published = () =>
  room.environment({
    catalogue: CATALOGUE.map((model) => (model.id === 'sd21' ? { ...model, textChannels: 4 } : model)),
  });
const stateOf = (id: string) => modelState(modelOf(id, published()), published());

async function registered(id: string, path: string): Promise<Map<string, string>> {
  await addModel(id, join(FORMATS, path), published());
  const { files } = findModelFiles(modelOf(id, published()), {}, published());
  return new Map([...files].map(([name, at]) => [name, at.slice(FORMATS.length + 1)]));
}

describe('weights in another format replace the official file', () => {
  it.each([
    ['dinov2/bin', 'dinov2/bin/pytorch_model.bin'],
    ['dinov2/sharded', 'dinov2/sharded/model.safetensors.index.json'],
    ['dinov2', 'dinov2/model.safetensors'],
  ])('of DINOv2 in %s', async (path, weights) => {
    const files = await registered('dinov2-s', path);
    expect(files).toEqual(
      new Map([
        ['config.json', `${path}/config.json`],
        ['model.safetensors', weights],
      ]),
    );
    expect(stateOf('dinov2-s')).toBe('ready');
  });

  it.each([
    ['unet/sharded', 'diffusion_pytorch_model.safetensors.index.json'],
    ['unet/sharded-fp16', 'diffusion_pytorch_model.safetensors.index.fp16.json'],
    ['unet/bin', 'diffusion_pytorch_model.bin'],
    ['unet/bin-sharded', 'diffusion_pytorch_model.bin.index.json'],
  ])('of a U-Net in %s', async (path, weights) => {
    const files = await registered('sd21', path);
    expect([...files]).toEqual([
      ['unet/config.json', `${path}/unet/config.json`],
      [UNET, `${path}/unet/${weights}`],
    ]);
  });

  it("of OpenCLIP by the names of transformers' CLIP", async () => {
    for (const path of ['clip', 'clip-vision']) {
      const files = await registered('openclip', path);
      expect([...files.values()]).toEqual([`${path}/config.json`, `${path}/model.safetensors`]);
      expect(stateOf('openclip')).toBe('ready');
    }
  });

  it('of Stable Diffusion in a .ckpt, for the parts in it', async () => {
    await addModel('sd21', join(FORMATS, 'unet/original/original.ckpt'), published());
    const { files, missing } = findModelFiles(modelOf('sd21', published()), {}, published());
    expect([...files.keys()]).toEqual(['model.safetensors']);
    expect(missing.map(({ name }) => name)).not.toContain('unet/config.json');
    expect(missing.map(({ name }) => name)).toContain('vae/config.json');
  });

  it.each(['pretrain', 'legacy', 'full_checkpoint', 'teacher_checkpoint'])(
    'of DINOv2 in the official %s.pth, which needs no configuration',
    async (name) => {
      const files = await registered('dinov2-s', `dinov2/official/${name}.pth`);
      expect([...files]).toEqual([['model.safetensors', `dinov2/official/${name}.pth`]]);
      expect(stateOf('dinov2-s')).toBe('ready');
      expect(await verifyModel('dinov2-s', published())).toMatchObject([{ status: 'pinned' }]);
      expect(await verifyModel('dinov2-s', published())).toMatchObject([{ status: 'verified' }]);
    },
  );

  it('but names of the transformers library require a configuration', async () => {
    const path = folder.path('pytorch_model.bin');
    cpSync(join(FORMATS, 'dinov2/bin/pytorch_model.bin'), path);
    await addModel('dinov2-s', path, published());
    expect(resolveModel('dinov2-s', {}, published())).toMatchObject({
      error: { message: expect.stringContaining('missing: config.json') },
    });
  });
});

describe('the configuration beside a file of weights', () => {
  it.each([
    ['dinov2-s', 'dinov2/model.safetensors', 'config.json'],
    ['dinov2-s', 'dinov2/sharded/model.safetensors.index.json', 'config.json'],
    ['dinov2-s', 'dinov2/bin/pytorch_model.bin', 'config.json'],
    ['openclip', 'clip-vision/model.safetensors', 'open_clip_config.json'],
  ])('is registered with it, for %s: %s', async (id, weights, name) => {
    const files = await registered(id, weights);
    expect(files.get(name)).toBe(posix.join(posix.dirname(weights), 'config.json'));
    expect([...files.values()]).toContain(weights);
    expect(stateOf(id)).toBe('ready');
  });

  const dinov2 = configSchema.parse(JSON.parse(readFileSync(join(FORMATS, 'dinov2/config.json'), 'utf8')));
  let copies = 0;
  it.each([
    ['a network of another kind', { model_type: 'llama' }],
    ['another family of vision transformers', { ...dinov2, model_type: 'vit' }],
    ['a wider network', { ...dinov2, hidden_size: 128 }],
    ['a deeper network', { ...dinov2, num_hidden_layers: 3 }],
    ['a network with fewer blocks', { ...dinov2, num_hidden_layers: 1 }],
  ])('is ignored when it belongs to %s', async (_what, config) => {
    const at = folder.path(`beside-${copies++}`);
    cpSync(join(FORMATS, 'dinov2/bin'), at, { recursive: true });
    writeFileSync(join(at, 'config.json'), JSON.stringify(config));
    expect(await addModel('dinov2-s', join(at, 'pytorch_model.bin'), published())).toEqual(['model.safetensors']);
    expect(stateOf('dinov2-s')).toBe('partial');
  });

  it('is ignored when the weights need none', async () => {
    const at = folder.path('official');
    cpSync(join(FORMATS, 'dinov2/official'), at, { recursive: true });
    cpSync(join(FORMATS, 'dinov2/config.json'), join(at, 'config.json'));
    expect(await addModel('dinov2-s', join(at, 'pretrain.pth'), published())).toEqual(['model.safetensors']);
    expect(stateOf('dinov2-s')).toBe('ready');
  });
});

it('sharded weights open from the huggingface_hub cache', async () => {
  const [blobs, snapshot] = [folder.path('hub/blobs'), folder.path('hub/snapshots/commit')];
  for (const made of [blobs, snapshot]) mkdirSync(made, { recursive: true });
  for (const [n, name] of readdirSync(join(FORMATS, 'dinov2/sharded')).entries()) {
    cpSync(join(FORMATS, 'dinov2/sharded', name), join(blobs, `hash${n}`));
    symlinkSync(`../../blobs/hash${n}`, join(snapshot, name));
  }
  await addModel('dinov2-s', snapshot, published());
  const resolved = resolveModel('dinov2-s', {}, published());
  if (!resolved.ok) throw resolved.error;
  expect(openVit(resolved.files).checkpoint.folder).toBe(blobs);
});

describe('sharded weights are verified as a whole', () => {
  const SECOND = 'model-00002-of-00003.safetensors';
  let copies = 0;
  let at: string;
  beforeEach(async () => {
    at = folder.path(`sharded-${copies++}`);
    cpSync(join(FORMATS, 'dinov2/sharded'), at, { recursive: true });
    await addModel('dinov2-s', at, published());
    await verifyModel('dinov2-s', published());
  });
  const status = async () => (await verifyModel('dinov2-s', published()))[1];
  const change = () => {
    const bytes = readFileSync(join(at, SECOND));
    bytes.fill(1, bytes.length - 2);
    writeFileSync(join(at, SECOND), bytes);
  };

  it('a changed byte in one shard is detected', async () => {
    expect(await status()).toMatchObject({ status: 'verified' });
    change();
    expect(await status()).toMatchObject({ status: 'damaged', reason: expect.stringContaining('SHA-256') });
  });

  it('a missing shard is named', async () => {
    rmSync(join(at, SECOND));
    expect(await status()).toMatchObject({
      status: 'damaged',
      reason: expect.stringContaining(`${SECOND} is missing`),
    });
    expect(damagedFiles(modelOf('dinov2-s', published()), published())).toMatchObject([
      { name: 'model.safetensors', isRegistered: true },
    ]);
    // nor does what asks for the identity stumble over it
    expect(fileIdentity(join(at, 'model.safetensors.index.json'))).toContain(SECOND);
  });

  it('features are recomputed when one shard changes', () => {
    const index = filesOf(at).get('model.safetensors') ?? '';
    const before = fileIdentity(index);
    change();
    expect(fileIdentity(index)).not.toBe(before);
  });
});

describe('a checkpoint of another network is identified, and nothing is registered', () => {
  it.each([
    ['sd21', 'lora_unet_mid_block.lora_up.weight', 'a LoRA'],
    ['sd21', 'conditioner.embedders.0.weight', 'Stable Diffusion XL'],
    ['sd21', 'control_model.time_embed.0.weight', 'a ControlNet'],
    ['dinov2-s', 'double_blocks.0.img_attn.proj.weight', 'Flux'],
    ['openclip', 'encoder.conv_in.weight', 'an autoencoder (VAE)'],
  ])('for %s: %s', async (id, name, kind) => {
    const path = folder.path('other.safetensors');
    const tensor = { dtype: 'F32', shape: [1], data_offsets: [0, 4] };
    // ControlNets of the original layout come with the whole Stable Diffusion
    const shared = { 'model.diffusion_model.time_embed.0.weight': { ...tensor, data_offsets: [4, 8] } };
    writeSafetensors(path, { [name]: tensor, ...(kind === 'a ControlNet' ? shared : {}) }, Buffer.alloc(8));
    await expect(addModel(id, path, published())).rejects.toMatchObject({
      code: 'MODEL_INVALID',
      message: expect.stringContaining(kind),
    });
    expect(stateOf(id)).toBe('missing');
  });
});

describe('the best of several files with the same weights is used', () => {
  it.each([
    [['unet/diffusion_pytorch_model.bin', UNET], UNET],
    [['unet/diffusion_pytorch_model.fp16.safetensors', UNET], UNET],
    [['unet/diffusion_pytorch_model.fp16.safetensors', 'unet/diffusion_pytorch_model.bin'], undefined],
    [[UNET, 'unet/diffusion_pytorch_model.safetensors.index.json'], UNET],
    [['unet/diffusion_pytorch_model-00001-of-00002.safetensors', `${UNET}.index.json`], `${UNET}.index.json`],
    [['unet/diffusion_pytorch_model-00001-of-00002.fp16.safetensors'], undefined],
  ])('of %j', (names, best = names[0]) => {
    for (const order of [names, names.toReversed()]) expect([...officialNames(order)]).toEqual([[UNET, best]]);
  });

  it.each(['text_encoder/pytorch_model.bin', 'text_encoder/pytorch_model.bin.index.json'])(
    "%s is transformers' model.safetensors",
    (name) => {
      expect([...officialNames([name])]).toEqual([['text_encoder/model.safetensors', name]]);
    },
  );

  it.each(['unet/diffusion_pytorch_model.non_ema.bin', 'optimizer.bin', 'model.onnx', 'model.safetensors.json'])(
    '%s is no such file',
    (name) => {
      expect([...officialNames([name])]).toEqual([[name, name]]);
    },
  );
});

describe('a folder whose weights were not downloaded is refused', () => {
  it.each([
    [
      'a Git LFS pointer, not the file itself',
      `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 88256296\n`,
      /git lfs pull/,
    ],
    ['a web page', '<!DOCTYPE html><html><head><title>Sign in</title></head></html>', /direct download link/],
    ['an empty file', '', /Get the file again/],
  ])('because they are %s', async (what, content, hint) => {
    const at = folder.path(what.replaceAll(/\W/g, '-'));
    cpSync(join(FORMATS, 'dinov2/bin/config.json'), join(at, 'config.json'));
    writeFileSync(join(at, 'model.safetensors'), content);
    await expect(addModel('dinov2-s', at, published())).rejects.toMatchObject({
      code: 'MODEL_INVALID',
      message: `${join(at, 'model.safetensors')} is ${what}.`,
      hint: expect.stringMatching(hint),
    });
  });
});
