import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { checkCheckpoint, openAdm } from '../../src/diffusion/networks/network-checkpoints.js';
import { requireFamily } from '../../src/graph/weights/network-kind.js';
import { openWeights } from '../../src/graph/weights/weights.js';
import { useTempFolder } from '../support/temp-folder.js';
import { writeSafetensors, writeZip } from '../support/weights-files.js';

const folder = useTempFolder();

const LFS = 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 88256296\n';
const TAR = Buffer.alloc(512);
TAR.write('ustar', 257);

describe('a file without weights is rejected with its actual format', () => {
  it.each<[string, string | Buffer, RegExp, RegExp]>([
    ['a Git LFS pointer', LFS, /is a Git LFS pointer/, /`git lfs pull`/],
    ['a web page', '<!DOCTYPE html><html><body>Sign in</body></html>', /is a web page/, /download link/],
    ['a page after blanks', '\n  <HTML>', /is a web page/, /download link/],
    ['an error of a store in XML', '<?xml version="1.0"?><Error/>', /is a web page/, /download link/],
    ['nothing', '', /is an empty file/, /again/],
    ['a configuration', '{"hidden_size": 384}', /is a JSON file without weights/, /folder that contains both/],
    ['a configuration with a brace at the ninth byte', '{"abcd":{"a": 1}}', /is a JSON file/, /folder/],
    ['a PNG', Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), /is an image/, /weights/],
    ['a JPEG', Buffer.from('\xff\xd8\xff\xe0', 'latin1'), /is an image/, /weights/],
    ['a WebP', Buffer.from('RIFF\n\0\0\0WEBP', 'latin1'), /is an image/, /weights/],
    ['GGUF', 'GGUF\x03\0\0\0', /is a GGUF file/, /safetensors/],
    ['HDF5', Buffer.from('\x89HDF\r\n\x1a\n', 'latin1'), /is an HDF5 file/, /safetensors/],
    ['ONNX', Buffer.from([8, 8, 0x12, 7, ...Buffer.from('pytorch'), 0x3a, 0]), /is an ONNX model/, /converted from/],
    ["torch's first archives", TAR, /is a tar archive/, /state_dict/],
    ['another pickle', Buffer.from('\x80\x04}.', 'latin1'), /is a pickle that torch\.save did not write/, /state_dict/],
    ['gzip', Buffer.from([0x1f, 0x8b, 8, 0]), /is a compressed archive/, /Unpack/],
  ])('%s', (_what, content, message, hint) => {
    for (const name of ['x.safetensors', 'x.ckpt', 'x']) {
      const path = folder.path(name);
      writeFileSync(path, content);
      const refusal = {
        code: 'MODEL_INVALID',
        message: expect.stringMatching(message),
        hint: expect.stringMatching(hint),
      };
      expect(() => openWeights(path), basename(path)).toThrow(expect.objectContaining(refusal));
    }
  });

  it('an archive without weights', () => {
    const path = folder.path('documents.zip');
    writeZip(path, [{ name: 'readme.txt', data: Buffer.from('text') }]);
    expect(() => openWeights(path)).toThrow(/it does not have exactly one data\.pkl/);
  });

  it('a TorchScript program', () => {
    const path = folder.path('script.pt');
    const entries = ['data.pkl', 'constants.pkl'].map((name) => ({ name: `script/${name}`, data: Buffer.from('N.') }));
    writeZip(path, entries);
    expect(() => openWeights(path)).toThrow(/is a TorchScript program/);
  });
});

describe('a network of another kind is rejected by name', () => {
  const tensor = { dtype: 'F32', shape: [1], data_offsets: [0, 4] };
  const holding = (...names: string[]) => {
    const path = folder.path('network.safetensors');
    const header = names.map((name, n) => [name, { ...tensor, data_offsets: [4 * n, 4 * n + 4] }]);
    writeSafetensors(path, Object.fromEntries(header), Buffer.alloc(4 * names.length));
    return openWeights(path);
  };

  it.each([
    ['a LoRA', 'lora_unet_down_blocks_0_attentions_0_proj_in.lora_up.weight'],
    ['a LoRA', 'unet.up_blocks.0.attentions.0.to_q.lora_A.weight'],
    ['a LoRA', 'unet.up_blocks.0.attentions.0.processor.to_q_lora.down.weight'],
    ['a ControlNet', 'controlnet_cond_embedding.conv_in.weight'],
    ['a ControlNet', 'control_model.input_blocks.0.0.weight'],
    ['an IP-Adapter', 'image_proj.norm.weight'],
    ['a motion module', 'down_blocks.0.motion_modules.0.temporal_transformer.norm.weight'],
    ['Stable Diffusion XL', 'conditioner.embedders.0.transformer.text_model.embeddings.token_embedding.weight'],
    ['Stable Diffusion XL', 'add_embedding.linear_1.weight'],
    ['Stable Diffusion XL', 'model.diffusion_model.label_emb.0.0.weight'],
    ['Stable Diffusion 3', 'model.diffusion_model.joint_blocks.0.context_block.attn.qkv.weight'],
    ['Stable Diffusion 3', 'transformer_blocks.0.attn.add_q_proj.weight'],
    ['Flux', 'double_blocks.0.img_attn.proj.weight'],
    ['Flux', 'single_transformer_blocks.0.attn.to_q.weight'],
    ['a class-conditional ADM', 'label_emb.weight'],
    ['a T5 text encoder', 'encoder.block.0.layer.0.SelfAttention.q.weight'],
    ['a language model', 'model.layers.0.self_attn.q_proj.weight'],
    ['a text encoder', 'text_model.embeddings.token_embedding.weight'],
    ['an autoencoder (VAE)', 'first_stage_model.encoder.conv_in.weight'],
    ['a tiny autoencoder (TAESD)', 'encoder.layers.0.weight'],
  ])('%s (%s)', (kind, name) => {
    const checkpoint = holding(name);
    for (const family of ['sd', 'vit', 'adm'] as const) {
      expect(() => requireFamily(checkpoint, family)).toThrow(
        expect.objectContaining({ code: 'MODEL_INVALID', message: expect.stringContaining(`contains ${kind}, not `) }),
      );
    }
  });

  it.each([
    ['Stable Diffusion XL', 'add_embedding.linear_1.weight', 'time_embedding.linear_1.weight'],
    ['Stable Diffusion XL', 'model.diffusion_model.label_emb.0.0.weight', 'model.diffusion_model.time_embed.0.weight'],
    ['a ControlNet', 'controlnet_down_blocks.0.weight', 'time_embedding.linear_1.weight'],
    ['a class-conditional ADM', 'label_emb.weight', 'input_blocks.0.0.weight'],
  ])('%s is distinguished from similar networks', (kind, own, shared) => {
    for (const family of ['sd', 'adm'] as const) {
      expect(() => requireFamily(holding(shared, own), family)).toThrow(`contains ${kind}, not`);
    }
  });

  it.each([
    ['sd', 'model.diffusion_model.time_embed.0.weight'],
    ['sd', 'unet_feature_extractor_cleandift.time_embedding.linear_1.weight'],
    ['adm', 'input_blocks.0.0.weight'],
    ['vit', 'backbone.cls_token'],
    ['vit', 'visual.class_embedding'],
  ] as const)('a network of the family %s is only accepted as such (%s)', (family, name) => {
    const checkpoint = holding(name, 'cond_stage_model.transformer.text_model.embeddings.token_embedding.weight');
    for (const wanted of ['sd', 'vit', 'adm'] as const) {
      if (wanted === family) expect(() => requireFamily(checkpoint, wanted)).not.toThrow();
      else expect(() => requireFamily(checkpoint, wanted)).toThrow(/contains a/);
    }
  });

  it.each([
    ['sd-unet', 'model.safetensors', 'a LoRA', 'lora_unet_mid_block.lora_up.weight'],
    ['sd-unet', 'unet/diffusion_pytorch_model.safetensors', 'Stable Diffusion XL', 'add_embedding.linear_1.weight'],
    ['cleandift', 'model.safetensors', 'an autoencoder (VAE)', 'encoder.conv_in.weight'],
    ['vit', 'model.safetensors', 'a text encoder', 'text_model.embeddings.token_embedding.weight'],
    ['vit', 'open_clip_model.safetensors', 'Flux', 'double_blocks.0.img_attn.proj.weight'],
    ['adm', 'model.safetensors', 'a vision transformer', 'cls_token'],
    ['adm', 'model.pt', 'a vision transformer', 'cls_token'],
  ] as const)('a checkpoint for %s (%s) that contains %s', (network, file, kind, name) => {
    expect(() => checkCheckpoint(network, new Map([[file, holding(name).path]]))).toThrow(`contains ${kind}, not`);
  });

  it("a file of the checkpoint takes precedence over the backend's", () => {
    const own = fileURLToPath(new URL('../fixtures/adm/official/model.pt', import.meta.url));
    const files = new Map([
      ['model.pt', folder.path('not-there.pt')],
      ['model.safetensors', own],
    ]);
    expect(openAdm(files).checkpoint.path).toBe(own);
  });

  it('an unknown network passes', () => {
    expect(() => requireFamily(holding('mystery.weight'), 'vit')).not.toThrow();
  });
});
