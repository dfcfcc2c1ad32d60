import { cpSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { openSdCheckpoint } from '../../src/diffusion/sd-checkpoint.js';
import { readSafetensorsHeader } from '../../src/graph/safetensors.js';
import { addModel } from '../../src/models/add-model.js';
import { CATALOGUE } from '../../src/models/catalogue.js';
import { modelSource } from '../../src/models/model-source.js';
import { removeModel } from '../../src/models/remove-model.js';
import { lookUp, modelOf, modelState, resolveModel } from '../../src/models/resolve-model.js';
import { verifyModel } from '../../src/models/verify-model.js';
import { writeSafetensors } from '../support/safetensors-file.js';
import { useTempFolder } from '../support/temp-folder.js';
import { ModelRoom } from './model-room.js';

const SD = fileURLToPath(new URL('../fixtures/sd', import.meta.url));
const WEIGHTS = 'diffusion_pytorch_model.safetensors';

const folder = useTempFolder();
let room: ModelRoom;
beforeEach(async () => {
  room = await ModelRoom.open();
});
afterEach(() => room.close());
const published = () => room.environment({ catalogue: CATALOGUE });

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

  it('is registered as what it is, and nothing has to be downloaded', async () => {
    const path = folder.path('v1-5.safetensors');
    writeLdm(path, ['first_stage_model.encoder.conv_in.weight', text]);
    expect(await addModel('sd15', path, published())).toEqual(['model.safetensors']);
    const resolved = resolveModel('sd15', {}, published());
    expect(resolved.ok && [...resolved.files]).toEqual([['model.safetensors', path]]);
    expect(modelSource(published()).offer('sd15')?.bytes).toBe(0);
    expect(await verifyModel('sd15', published())).toEqual([]);
  });

  it('lacks what is not in it, and is forgotten by rm', async () => {
    const path = folder.path('unet-only.safetensors');
    writeLdm(path);
    await addModel('sd15', path, published());
    const resolved = resolveModel('sd15', {}, published());
    expect(!resolved.ok && resolved.error.message).toContain('(missing: vae/config.json, ');
    expect(!resolved.ok && resolved.error.message).not.toContain('unet');
    await removeModel('sd15', published());
    expect(modelState(modelOf('sd15', published()), published())).toBe('missing');
  });

  it('is refused where its U-Net has shapes of another network', async () => {
    const path = folder.path('other.safetensors');
    writeSafetensors(
      path,
      { 'model.diffusion_model.time_embed.0.weight': { dtype: 'F32', shape: [1], data_offsets: [0, 4] } },
      Buffer.alloc(4),
    );
    await expect(addModel('sd15', path, published())).rejects.toMatchObject({ code: 'MODEL_INVALID' });
  });
});

describe('TAESD in the place of a VAE', () => {
  it('is taken by its name, once it is here', async () => {
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
    const { files } = lookUp(modelOf('sd15', published()), {}, published());
    expect(openSdCheckpoint(files).encoder.kind).toBe('tiny');
  });

  it('is refused for a model without one', async () => {
    const flat = folder.path('tiny');
    for (const name of ['config.json', WEIGHTS]) cpSync(`${SD}/taesd/${name}`, `${flat}/${name}`);
    await addModel('taesd', flat, published());
    await expect(addModel('dinov2-s', 'taesd', published())).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  });
});
