import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { probeBlockWeights } from '../../src/graph/probe/probe-block.js';
import { writeSharedWeights } from '../../src/graph/probe/random-weights.js';
import { readValues } from '../../src/graph/weights/read-values.js';
import { useTempFolder } from '../support/temp-folder.js';

const folder = useTempFolder();
const SHAPES = new Map([
  ['a.weight', [8, 100]],
  ['b.weight', [16, 100]],
  ['wide.weight', [8, 6400]],
  ['norm.weight', [32]],
  ['norm.bias', [32]],
]);

describe('shared weights', () => {
  it('cover the largest tensor of each magnitude', () => {
    const path = folder.path('weights.bin');
    const { tensors, folder: at } = writeSharedWeights(path, SHAPES);
    expect(tensors.get('a.weight')).toEqual({
      dtype: 'F16',
      shape: [8, 100],
      file: 'weights.bin',
      offset: 0,
      length: 1600,
    });
    expect(tensors.get('b.weight')).toMatchObject({ offset: 0, length: 3200 });
    expect(tensors.get('wide.weight')).toMatchObject({ offset: 3200 });
    expect(at).toBe(folder.path('.'));
    // the bias is of the magnitude of the first two
    expect(tensors.get('norm.bias')).toMatchObject({ offset: 0 });
    expect(readFileSync(path)).toHaveLength(2 * (1600 + 51_200 + 32));
  });

  it('preserve variance, are positive for norm scales, and are reproducible', () => {
    const checkpoint = writeSharedWeights(folder.path('once.bin'), SHAPES);
    const power = (name: string) => {
      const values = readValues(checkpoint, name) ?? new Float32Array();
      const fanIn = SHAPES.get(name)?.[1] ?? 1;
      return (fanIn * values.reduce((sum, value) => sum + value ** 2, 0)) / values.length;
    };
    for (const name of ['a.weight', 'wide.weight']) {
      expect(power(name)).toBeGreaterThan(0.5);
      expect(power(name)).toBeLessThan(2);
    }
    expect(Math.min(...(readValues(checkpoint, 'norm.weight') ?? [0]))).toBeGreaterThanOrEqual(1);
    expect(power('norm.bias')).toBeLessThan(0.02);
    writeSharedWeights(folder.path('again.bin'), SHAPES);
    expect(readFileSync(folder.path('again.bin')).equals(readFileSync(folder.path('once.bin')))).toBe(true);
  });
});

describe('the probe blocks', () => {
  it("have the widths of Stable Diffusion 2.1's encoder", () => {
    const weights = probeBlockWeights();
    expect(weights.get('down_blocks.0.resnet.conv2.weight')).toEqual([320, 320, 3, 3]);
    expect(weights.get('down_blocks.1.attention.transformer_blocks.0.attn2.to_k.weight')).toEqual([640, 1024]);
    expect(weights.get('down_blocks.2.resnet.conv1.weight')).toEqual([1280, 640, 3, 3]);
  });
});
