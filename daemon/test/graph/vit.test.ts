import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { bicubicMatrix } from '../../src/graph/layers/position-embedding.js';
import { type VitFeature, vit, vitPixels } from '../../src/graph/networks/vit.js';
import { POSITION_INTERPOLATIONS, vitCheckpoint, vitConfigSchema } from '../../src/graph/networks/vit-config.js';
import { GraphBuilder } from '../../src/graph/onnx/graph-builder.js';
import { createSession, ort } from '../../src/graph/runtime/session.js';
import { readSafetensorsHeader } from '../../src/graph/weights/safetensors.js';
import { readTensor, relativeError } from '../support/run-network.js';

const DINO = fileURLToPath(new URL('../fixtures/vit/dino', import.meta.url));
const OPEN_CLIP = fileURLToPath(new URL('../fixtures/vit/openclip-gelu', import.meta.url));
const DINO_CONFIG = JSON.parse(readFileSync(join(DINO, 'config.json'), 'utf8'));
const OPEN_CLIP_CONFIG = JSON.parse(readFileSync(join(OPEN_CLIP, 'open_clip_config.json'), 'utf8'));

function compile(feature: VitFeature, dims: readonly number[] = [1, 3, 32, 32]) {
  const b = new GraphBuilder(readSafetensorsHeader(join(DINO, 'model.safetensors')));
  const map = vit(b, b.input('pixels', dims), vitConfigSchema.parse(DINO_CONFIG), feature);
  b.output('features', map);
  return { model: b.toModel(), weightsFolder: DINO };
}

async function features(feature: VitFeature): Promise<Float32Array> {
  const image = readTensor(join(DINO, 'parity.safetensors'), 'image_32x32');
  const session = await createSession(compile(feature));
  const output = await session.run({ pixels: new ort.Tensor('float32', image.data, image.dims) });
  return output.features?.data as Float32Array;
}

describe('the last LayerNorm', () => {
  it('applies to the last block by default', async () => {
    expect(await features({ layer: 2 })).toEqual(await features({ layer: 2, finalNorm: true }));
    expect(await features({ layer: 2 })).not.toEqual(await features({ layer: 2, finalNorm: false }));
  });

  it('applies to earlier blocks only on request, as in DINO', async () => {
    expect(await features({ layer: 1 })).toEqual(await features({ layer: 1, finalNorm: false }));
    expect(await features({ layer: 1 })).not.toEqual(await features({ layer: 1, finalNorm: true }));
  });
});

describe('a feature that does not exist is rejected', () => {
  it.each([-1, 3, 1.5])('layer %d of a network with three', (layer) => {
    expect(() => compile({ layer })).toThrow('layers 0 to 2');
  });

  it('an image without one whole patch', () => {
    expect(() => compile({ layer: 0 }, [1, 3, 32, 7])).toThrow('less than one patch');
  });
});

describe('a config of another network is rejected', () => {
  it.each([
    ['an unknown activation', { ...DINO_CONFIG, hidden_act: 'relu' }],
    ['another kind of model', { ...DINO_CONFIG, model_type: 'swin' }],
    ['heads that do not divide the channels', { ...DINO_CONFIG, num_attention_heads: 5 }],
    [
      'another pooling of open_clip',
      { model_cfg: { vision_cfg: { ...OPEN_CLIP_CONFIG.model_cfg.vision_cfg, attentional_pool: true } } },
    ],
  ])('%s', (_, config) => {
    expect(vitConfigSchema.safeParse(config).success).toBe(false);
  });

  it('a file without DINO’s tensors and without a config', () => {
    const checkpoint = readSafetensorsHeader(join(OPEN_CLIP, 'open_clip_model.safetensors'));
    expect(() => vitCheckpoint(checkpoint, undefined)).toThrow(expect.objectContaining({ code: 'MODEL_INVALID' }));
  });

  it('weights that do not match the config', () => {
    const b = new GraphBuilder(readSafetensorsHeader(join(DINO, 'model.safetensors')));
    const config = vitConfigSchema.parse({ ...DINO_CONFIG, num_hidden_layers: 4 });
    expect(() => vit(b, b.input('pixels', [1, 3, 32, 32]), config, { layer: 3 })).toThrow(
      expect.objectContaining({ code: 'MODEL_INVALID' }),
    );
  });
});

it("missing fields of a CLIP configuration have transformers' defaults, and OpenAI's normalisation", () => {
  expect(vitConfigSchema.parse({ model_type: 'clip_vision_model' })).toMatchObject({
    channels: 768,
    layers: 12,
    heads: 12,
    mlpChannels: 3072,
    activation: 'quick_gelu',
    eps: 1e-5,
    patchSize: 32,
    nativeGrid: 7,
    pixelMean: [0.48145466, 0.4578275, 0.40821073],
  });
});

it('pixels in [−1,1] are normalised for the network', async () => {
  const config = vitConfigSchema.parse(DINO_CONFIG);
  const b = new GraphBuilder();
  b.output('pixels', vitPixels(b, b.input('image', [1, 3, 1, 1]), config));
  const session = await createSession({ model: b.toModel() });
  const { pixels } = await session.run({ image: new ort.Tensor('float32', [-1, 0, 1], [1, 3, 1, 1]) });
  const expected = [(0 - 0.485) / 0.229, (0.5 - 0.456) / 0.224, (1 - 0.406) / 0.225];
  expect(relativeError(pixels?.data as Float32Array, Float32Array.from(expected))).toBeLessThan(1e-6);
});

describe('the interpolation matrix', () => {
  it.each(Object.values(POSITION_INTERPOLATIONS))('keeps a constant constant, with %o', (interpolation) => {
    const matrix = bicubicMatrix(5, 3, interpolation);
    for (let row = 0; row < 3; row++) {
      const sum = matrix.subarray(row * 5, row * 5 + 5).reduce((total, weight) => total + weight, 0);
      expect(sum).toBeCloseTo(1, 6);
    }
  });

  it.each([POSITION_INTERPOLATIONS.plain, POSITION_INTERPOLATIONS.antialiased])(
    'is the identity between equal sizes, with %o',
    (interpolation) => {
      const identity = Float32Array.from({ length: 16 }, (_, i) => (i % 5 === 0 ? 1 : 0));
      expect(relativeError(bicubicMatrix(4, 4, interpolation), identity)).toBeLessThan(1e-6);
    },
  );
});
