import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type VitConfig, type VitFeature, vit } from '../../src/graph/networks/vit.js';
import { POSITION_INTERPOLATIONS, vitCheckpoint } from '../../src/graph/networks/vit-config.js';
import { GraphBuilder } from '../../src/graph/onnx/graph-builder.js';
import { createSession, ort } from '../../src/graph/runtime/session.js';
import { readSafetensorsHeader } from '../../src/graph/weights/safetensors.js';
import { openWeights } from '../../src/graph/weights/weights.js';
import { readTensor, relativeError } from '../support/run-network.js';

const FIXTURES = fileURLToPath(new URL('../fixtures/vit', import.meta.url));

const FAMILIES = {
  dino: { weights: 'model.safetensors', config: 'config.json' },
  dinov2: { weights: 'model.safetensors', config: 'config.json' },
  'dinov2-registers': { weights: 'model.safetensors', config: 'config.json' },
  facebook: { weights: 'model.safetensors', config: 'none' },
  'openclip-gelu': { weights: 'open_clip_model.safetensors', config: 'open_clip_config.json' },
  'openclip-quickgelu': { weights: 'open_clip_model.safetensors', config: 'open_clip_config.json' },
} as const;
type Family = keyof typeof FAMILIES;

function openFamily(family: Family) {
  const { weights, config } = FAMILIES[family];
  const path = join(FIXTURES, family, config);
  return vitCheckpoint(openWeights(join(FIXTURES, family, weights)), existsSync(path) ? path : undefined);
}

/** `token_1_64x40` → block 1; `final_64x40` → the last block after the final LayerNorm; `dift_…`: DIFT's positions. */
function featureOf(name: string, { layers }: VitConfig): VitFeature {
  const [, dift, facet, layer] = /^(dift_)?(token|query|key|value|final)(?:_(\d+))?_/.exec(name) ?? [];
  const interpolation = dift === undefined ? {} : { interpolation: POSITION_INTERPOLATIONS.offset };
  if (facet === 'final') return { layer: layers - 1, ...interpolation };
  if (facet === 'token') return { layer: Number(layer), finalNorm: false, ...interpolation };
  if (facet === 'query' || facet === 'key' || facet === 'value') {
    return { layer: Number(layer), facet, ...interpolation };
  }
  throw new Error(`${name} is no feature`);
}

function referenceNames(family: Family): string[] {
  return [...readSafetensorsHeader(join(FIXTURES, family, 'parity.safetensors')).tensors.keys()];
}

function sizesOf(family: Family): string[] {
  return referenceNames(family).flatMap((name) => (name.startsWith('image_') ? [name.slice('image_'.length)] : []));
}

describe.each(Object.keys(FAMILIES) as Family[])('the vision transformer %s equals the original', (family) => {
  it.each(sizesOf(family))('at %s (height×width) in every feature, to a relative error under 1e-4', async (size) => {
    const reference = join(FIXTURES, family, 'parity.safetensors');
    const names = referenceNames(family).filter((name) => !name.startsWith('image_') && name.endsWith(`_${size}`));
    const image = readTensor(reference, `image_${size}`);
    const { checkpoint, config } = openFamily(family);
    const b = new GraphBuilder(checkpoint);
    const pixels = b.input('pixels', image.dims);
    for (const name of names) b.output(name, vit(b, pixels, config, featureOf(name, config)));
    const session = await createSession({ model: b.toModel(), weightsFolder: checkpoint.folder });
    const features = await session.run({ pixels: new ort.Tensor('float32', image.data, image.dims) });

    expect(names.length).toBeGreaterThanOrEqual(config.layers + 4);
    for (const name of names) {
      const expected = readTensor(reference, name);
      expect(features[name]?.dims, name).toEqual(expected.dims);
      expect(relativeError(features[name]?.data as Float32Array, expected.data), name).toBeLessThan(1e-4);
    }
  });
});
