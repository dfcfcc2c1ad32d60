import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { admUnetBlocks, admUnetConfigSchema } from '../../src/graph/networks/adm-unet.js';
import { sdUnetBlocks, sdUnetConfigSchema } from '../../src/graph/networks/sd-unet.js';
import { VIT_FACETS, vitLayers } from '../../src/graph/networks/vit.js';
import { vitConfigSchema } from '../../src/graph/networks/vit-config.js';
import type { GraphBuilder, Value } from '../../src/graph/onnx/graph-builder.js';
import type { Checkpoint } from '../../src/graph/weights/checkpoint.js';
import { readSafetensorsHeader } from '../../src/graph/weights/safetensors.js';
import { openWeights } from '../../src/graph/weights/weights.js';
import { type FloatTensor, readConfig, readTensor, relativeError, runNetwork } from '../support/run-network.js';

const FIXTURES = fileURLToPath(new URL('../fixtures', import.meta.url));

interface Network {
  checkpoint: Checkpoint;
  inputs: Record<string, FloatTensor>;
  wire(b: GraphBuilder, input: (name: string) => Value, blocks: readonly number[]): Value[];
}

function sd(family: string): Network {
  const folder = join(FIXTURES, 'sd', family);
  const config = sdUnetConfigSchema.parse(readConfig(join(folder, 'unet')));
  const reference = (name: string) => readTensor(join(folder, 'parity.safetensors'), name);
  return {
    checkpoint: readSafetensorsHeader(join(folder, 'unet/diffusion_pytorch_model.safetensors')),
    inputs: { latent: reference('latent_10x13'), text: reference('text') },
    wire: (b, input, blocks) =>
      sdUnetBlocks(b, { latent: input('latent'), text: input('text'), timestep: 261 }, config, blocks),
  };
}

async function adm(): Promise<Network> {
  const folder = join(FIXTURES, 'adm/official');
  const config = admUnetConfigSchema.parse(readConfig(folder));
  return {
    checkpoint: openWeights(join(folder, 'model.pt')),
    inputs: { x: readTensor(join(folder, 'parity.safetensors'), 'image_8x8') },
    wire: (b, input, blocks) => admUnetBlocks(b, { x: input('x'), timestep: 101 }, config, blocks),
  };
}

function vit(facet: (typeof VIT_FACETS)[number]): Network {
  const folder = join(FIXTURES, 'vit/dinov2');
  const config = vitConfigSchema.parse(readConfig(folder));
  return {
    checkpoint: readSafetensorsHeader(join(folder, 'model.safetensors')),
    inputs: { pixels: readTensor(join(folder, 'parity.safetensors'), 'image_70x70') },
    wire: (b, input, layers) => vitLayers(b, input('pixels'), config, { facet }, layers),
  };
}

async function run({ checkpoint, inputs, wire }: Network, blocks: readonly number[]): Promise<FloatTensor[]> {
  const outputs = await runNetwork(checkpoint, inputs, (b, input) =>
    Object.fromEntries(wire(b, input, blocks).map((map, n) => [`output${n}`, map])),
  );
  return blocks.map((_, n) => outputs[`output${n}`] ?? { dims: [], data: new Float32Array() });
}

describe('a network that is cut after several blocks', () => {
  it.each<[string, () => Network | Promise<Network>, number[]]>([
    ['SD 1.5-like', () => sd('sd1'), [0, 1, 2, 3]],
    ['SD 2.1-like, not in their order', () => sd('sd2'), [2, 0]],
    ['ADM', adm, [0, 1, 2, 3, 4, 5]],
    ...VIT_FACETS.map((facet): [string, () => Network, number[]] => [`ViT, ${facet}`, () => vit(facet), [0, 2, 1]]),
  ])('equals the networks cut after each block: %s', async (_, open, blocks) => {
    const network = await open();
    const together = await run(network, blocks);
    for (const [n, block] of blocks.entries()) {
      const [alone] = await run(network, [block]);
      expect(together[n]?.dims).toEqual(alone?.dims);
      expect(relativeError(together[n]?.data ?? new Float32Array(), alone?.data ?? new Float32Array())).toBeLessThan(
        1e-6,
      );
    }
  });

  it.each<[string, () => Network | Promise<Network>, number]>([
    ['SD', () => sd('sd1'), 4],
    ['ADM', adm, 6],
    ['ViT', () => vit('key'), 3],
  ])('rejects blocks that do not exist: %s', async (_, open, missing) => {
    await expect(run(await open(), [0, missing])).rejects.toThrow(RangeError);
  });
});
