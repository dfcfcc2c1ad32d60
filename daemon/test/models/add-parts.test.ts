import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { checkModel, inspectModels } from '../../src/cli/doctor/check-models.js';
import { openSdCheckpoint } from '../../src/diffusion/networks/sd-checkpoint.js';
import { readSafetensorsHeader } from '../../src/graph/weights/safetensors.js';
import { addModel } from '../../src/models/add-model.js';
import { CATALOGUE } from '../../src/models/catalogue.js';
import { pullModel } from '../../src/models/download/pull-model.js';
import { damagedFiles } from '../../src/models/files/check-files.js';
import { removeModel } from '../../src/models/files/remove-model.js';
import { verifyModel } from '../../src/models/files/verify-model.js';
import { modelSource } from '../../src/models/model-source.js';
import { readStore, updateStore } from '../../src/models/model-store.js';
import { findModelFiles, modelOf, modelState, resolveModel } from '../../src/models/resolve-model.js';
import { useTempFolder } from '../support/temp-folder.js';
import { writeSafetensors } from '../support/weights-files.js';
import { ModelRoom } from './model-room.js';

const SD = fileURLToPath(new URL('../fixtures/sd', import.meta.url));
const WEIGHTS = 'diffusion_pytorch_model.safetensors';

const folder = useTempFolder();
let room: ModelRoom;
beforeEach(async () => {
  room = await ModelRoom.open();
});
afterEach(() => room.close());
/** The catalogue, as if the fixtures' U-Nets were the whole ones. */
const SMALL: Readonly<Record<string, number>> = { sd15: 24, sd21: 32 };
const published = () =>
  room.environment({
    catalogue: CATALOGUE.map((model) => {
      const textChannels = SMALL[model.id];
      return textChannels === undefined ? model : { ...model, textChannels };
    }),
  });

/** A U-Net in the original layout, with one tensor of each further part. */
function writeLdm(path: string, more: readonly string[] = []): void {
  const { unet: pairs } = z
    .object({ unet: z.array(z.tuple([z.string(), z.string()])) })
    .parse(JSON.parse(gunzipSync(readFileSync(`${SD}/ldm-names.json.gz`)).toString()));
  const source = readSafetensorsHeader(`${SD}/sd1/unet/${WEIGHTS}`);
  const bytes = readFileSync(source.path);
  const header: Record<string, unknown> = {};
  const parts: Uint8Array[] = [];
  let end = 0;
  const put = (name: string, dtype: string, shape: readonly number[], part: Uint8Array) => {
    header[name] = { dtype, shape, data_offsets: [end, end + part.length] };
    parts.push(part);
    end += part.length;
  };
  for (const [theirs, ours] of pairs) {
    const tensor = source.tensors.get(ours);
    if (tensor === undefined) throw new Error(`there is no ${ours}`);
    put(theirs, tensor.dtype, tensor.shape, bytes.subarray(tensor.offset, tensor.offset + tensor.length));
  }
  for (const name of more) put(name, 'F32', [1], Buffer.alloc(4));
  writeSafetensors(path, header, Buffer.concat(parts));
}

describe('a whole Stable Diffusion in the original layout', () => {
  const text = 'cond_stage_model.transformer.text_model.embeddings.token_embedding.weight';

  it('is registered under its model, and needs no download', async () => {
    const path = folder.path('v1-5.safetensors');
    writeLdm(path, ['first_stage_model.encoder.conv_in.weight', text]);
    expect(await addModel('sd15', path, published())).toEqual(['model.safetensors']);
    const resolved = resolveModel('sd15', {}, published());
    expect(resolved.ok && [...resolved.files]).toEqual([['model.safetensors', path]]);
    expect(modelSource(published()).offer('sd15')?.bytes).toBe(0);
    expect(await verifyModel('sd15', published())).toMatchObject([
      { name: 'model.safetensors', status: 'pinned', path },
    ]);
    expect(await verifyModel('sd15', published())).toMatchObject([{ status: 'verified' }]);
  });

  it('is checked in full by verify, and by its header in doctor and pull', async () => {
    const path = folder.path('whole.safetensors');
    writeLdm(path, ['first_stage_model.encoder.conv_in.weight', text]);
    await addModel('sd15', path, published());
    await verifyModel('sd15', published());
    const whole = readFileSync(path);
    writeFileSync(path, Buffer.concat([whole.subarray(0, -4), Buffer.from('else')]));
    expect(await verifyModel('sd15', published())).toMatchObject([
      { status: 'damaged', reason: expect.stringContaining('SHA-256') },
    ]);
    writeFileSync(path, whole.subarray(0, -4));
    const [single] = await verifyModel('sd15', published());
    expect(single).toMatchObject({ name: 'model.safetensors', status: 'damaged' });
    const damaged = damagedFiles(modelOf('sd15', published()), published());
    expect(damaged.map(({ name }) => name)).toEqual(['model.safetensors']);
    rmSync(path);
    expect(damagedFiles(modelOf('sd15', published()), published())).toEqual([]);
    expect((await verifyModel('sd15', published()))[0]).toEqual({ name: 'model.safetensors', status: 'missing' });
  });

  it.each([
    ['a whole one', (path: string) => writeLdm(path, [text])],
    ['a U-Net alone', (path: string) => cpSync(`${SD}/sd1/unet/${WEIGHTS}`, path)],
  ])('is rejected for a model of another family, with the right model in the hint: %s', async (_what, write) => {
    const path = folder.path('v1-5.safetensors');
    write(path);
    await expect(addModel('sd21', path, published())).rejects.toMatchObject({
      code: 'MODEL_INVALID',
      message: expect.stringContaining('its U-Net expects text of 24 channels, not 32'),
      hint: 'Register it as sd15.',
    });
    expect(modelState(modelOf('sd21', published()), published())).toBe('missing');
  });

  it.each([
    ['a whole one', 'model.safetensors', (path: string) => writeLdm(path, [text])],
    ['a U-Net alone', `unet/${WEIGHTS}`, (path: string) => cpSync(`${SD}/sd1/unet/${WEIGHTS}`, path)],
  ])('registered for another family is detected, with the right model in the hint: %s', async (_what, name, write) => {
    const path = folder.path('v1-5.safetensors');
    write(path);
    updateStore(published().at.stateFile, ({ added }) => {
      added.sd21 = { [name]: path };
    });
    const reason = /its U-Net expects text of 24 channels, not 32\. Register it as sd15\.$/;
    expect(await verifyModel('sd21', published())).toContainEqual({
      name,
      status: 'damaged',
      path,
      reason: expect.stringMatching(reason),
    });
    const model = modelOf('sd21', published());
    expect(damagedFiles(model, published())).toMatchObject([{ name, path, isRegistered: true }]);
    const [finding] = (await inspectModels({ ...published(), catalogue: [model] })).map(checkModel);
    expect(finding).toMatchObject({
      state: 'warning',
      message: expect.stringContaining('not 32'),
      fix: {
        sentence: expect.stringContaining('To unregister the file'),
        command: 'npx samepoint models pull sd21',
      },
    });
  });

  it('reports missing parts, and is unregistered by rm', async () => {
    const path = folder.path('unet-only.safetensors');
    writeLdm(path);
    await addModel('sd15', path, published());
    const resolved = resolveModel('sd15', {}, published());
    expect(!resolved.ok && resolved.error.message).toContain('(missing: vae/config.json, ');
    expect(!resolved.ok && resolved.error.message).not.toContain('unet');
    await removeModel('sd15', published());
    expect(modelState(modelOf('sd15', published()), published())).toBe('missing');
  });

  it('reports the missing files of an incomplete tokenizer', async () => {
    const path = folder.path('with-text.safetensors');
    writeLdm(path, ['first_stage_model.encoder.conv_in.weight', text]);
    await addModel('sd15', path, published());
    const halves = Object.fromEntries(
      ['vocab.json', 'merges.txt'].map((name) => [`tokenizer/${name}`, join(SD, '../text/sd1/tokenizer', name)]),
    );
    updateStore(published().at.stateFile, ({ added }) => {
      added.sd15 = { ...added.sd15, ...halves };
    });
    const { missing } = findModelFiles(modelOf('sd15', published()), {}, published());
    expect(missing.map(({ name }) => name)).toEqual([
      'tokenizer/tokenizer_config.json',
      'tokenizer/special_tokens_map.json',
    ]);
  });

  it('is rejected when its U-Net has the shapes of another network', async () => {
    const path = folder.path('other.safetensors');
    writeSafetensors(
      path,
      { 'model.diffusion_model.time_embed.0.weight': { dtype: 'F32', shape: [1], data_offsets: [0, 4] } },
      Buffer.alloc(4),
    );
    await expect(addModel('sd15', path, published())).rejects.toMatchObject({ code: 'MODEL_INVALID' });
  });
});

describe('a folder in the layout of diffusers', () => {
  /** A complete one with a U-Net of the fixtures. */
  const diffusers = (family: 'sd1' | 'sd2', at = folder.path(`diffusers-${family}`)) => {
    for (const [part, from] of Object.entries({
      unet: `${SD}/${family}/unet`,
      vae: `${SD}/vae`,
      text_encoder: join(SD, `../text/${family}/text_encoder`),
      tokenizer: join(SD, `../text/${family}/tokenizer`),
    })) {
      cpSync(from, `${at}/${part}`, { recursive: true });
    }
    return at;
  };
  const stateFile = () => published().at.stateFile;

  it.each([
    ['sd15', 'sd2', 'its U-Net expects text of 32 channels, not 24.', 'sd21'],
    ['sd21', 'sd1', 'its U-Net expects text of 24 channels, not 32.', 'sd15'],
  ] as const)('is rejected for %s when its U-Net is of %s', async (id, family, reason, fitting) => {
    const path = diffusers(family);
    await expect(addModel(id, path, published())).rejects.toMatchObject({
      code: 'MODEL_INVALID',
      message: `${path} is not ${modelOf(id, published()).title}: ${reason}`,
      hint: `Register it as ${fitting}.`,
    });
    expect(modelState(modelOf(id, published()), published())).toBe('missing');
  });

  it('registered for another family is reported, and a pull unregisters all of its files', async () => {
    const [right, wrong] = [diffusers('sd1'), diffusers('sd2')];
    await addModel('sd15', right, published());
    expect(damagedFiles(modelOf('sd15', published()), published())).toEqual([]);
    const vae = ['vae/config.json', `vae/${WEIGHTS}`];
    updateStore(stateFile(), ({ added }) => {
      for (const [name, path] of Object.entries(added.sd15 ?? {})) {
        if (!vae.includes(name)) added.sd15 = { ...added.sd15, [name]: path.replace(right, wrong) };
      }
    });
    const { added } = readStore(stateFile());
    const wrongNames = Object.keys(added.sd15 ?? {}).filter((name) => !vae.includes(name));
    expect(wrongNames).toEqual(expect.arrayContaining(['unet/config.json', 'tokenizer/vocab.json']));
    expect(damagedFiles(modelOf('sd15', published()), published()).map(({ name }) => name)).toEqual(wrongNames);
    const verified = await verifyModel('sd15', published());
    expect(verified.filter(({ status }) => status === 'damaged').map(({ name }) => name)).toEqual(wrongNames);
    const offline = { ...published(), at: { ...published().at, offline: true } };
    await expect(pullModel('sd15', {}, offline)).rejects.toMatchObject({ code: 'MODEL_MISSING' });
    expect(Object.keys(readStore(stateFile()).added.sd15 ?? {})).toEqual(vae);
  });

  it('with a damaged configuration keeps its other files', async () => {
    const path = diffusers('sd1', folder.path('damaged'));
    await addModel('sd15', path, published());
    writeFileSync(`${path}/unet/config.json`, '{');
    const damaged = damagedFiles(modelOf('sd15', published()), published());
    expect(damaged.map(({ name }) => name)).toEqual(['unet/config.json']);
  });

  it('may have a U-Net with its own text width, given its configuration', async () => {
    const path = folder.path('own-unet');
    const others = published().catalogue.filter(({ id }) => id !== 'sd15');
    const environment = { ...published(), catalogue: others };
    for (const name of ['config.json', WEIGHTS]) cpSync(`${SD}/sd1/unet/${name}`, `${path}/unet/${name}`);
    await addModel('sd21', path, environment);
    expect(damagedFiles(modelOf('sd21', environment), environment)).toEqual([]);
    rmSync(`${path}/unet/config.json`);
    expect(damagedFiles(modelOf('sd21', environment), environment)).toMatchObject([{ name: `unet/${WEIGHTS}` }]);
  });
});

describe('TAESD in the place of a VAE', () => {
  it('is selected by name once it is installed', async () => {
    await expect(addModel('sd15', 'taesd', published())).rejects.toMatchObject({
      code: 'MODEL_MISSING',
      hint: 'Run: samepoint models pull taesd',
    });
    const flat = folder.path('tiny');
    for (const name of ['config.json', WEIGHTS]) cpSync(`${SD}/taesd/${name}`, `${flat}/${name}`);
    await addModel('taesd', flat, published());
    expect(await addModel('sd15', 'taesd', published())).toEqual(['vae/config.json', `vae/${WEIGHTS}`]);
    const verified = await verifyModel('sd15', published());
    expect(verified.filter(({ status }) => status !== 'missing')).toMatchObject([
      { name: 'vae/config.json', status: 'pinned' },
      { name: `vae/${WEIGHTS}`, status: 'pinned' },
    ]);
    const path = folder.path('unet.safetensors');
    writeLdm(path);
    await addModel('sd15', path, published());
    const { files } = findModelFiles(modelOf('sd15', published()), {}, published());
    expect(openSdCheckpoint(files).encoder.kind).toBe('tiny');
  });

  it('is rejected for a model without one', async () => {
    const flat = folder.path('tiny');
    for (const name of ['config.json', WEIGHTS]) cpSync(`${SD}/taesd/${name}`, `${flat}/${name}`);
    await addModel('taesd', flat, published());
    await expect(addModel('dinov2-s', 'taesd', published())).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  });
});
