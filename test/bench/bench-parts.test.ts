import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readPytorchZip } from '../../daemon/src/graph/weights/pytorch.js';
import { readSafetensorsHeader } from '../../daemon/src/graph/weights/safetensors.js';
import { useTempFolder } from '../../daemon/test/support/temp-folder.js';
import { median } from './bench.js';
import { surveySd21Unet, surveySd21Vae } from './full-size-networks.js';
import { writeRandomPytorchFile, writeRandomSafetensors } from './random-weights.js';
import { replaceSection } from './report.js';

const GIGA = 1e9;
const temp = useTempFolder();

describe('the survey of a network', () => {
  it('counts the multiply-accumulates of Stable Diffusion 2.1 at 768 px', () => {
    expect(surveySd21Vae(768).macs / GIGA).toBeCloseTo(1305, 0);
    expect(surveySd21Unet(768, 1).macs / GIGA).toBeCloseTo(563, 0);
  });

  it('names each tensor with its shape', () => {
    const { weights } = surveySd21Unet(512, 3);
    expect(weights.get('mid_block.attentions.0.proj_in.weight')).toEqual([1280, 1280]);
    expect(weights.get('up_blocks.3.resnets.0.conv_shortcut.weight')).toEqual([320, 960, 1, 1]);
  });
});

describe('random weights', () => {
  const shapes = new Map([
    ['layer.weight', [64, 100]],
    ['layer.bias', [64]],
    ['norm.weight', [64]],
  ]);

  it('keep the variance of activations, with positive scales and small biases', () => {
    const path = temp.path('weights.safetensors');
    writeRandomSafetensors(path, shapes, 1);
    const { tensors } = readSafetensorsHeader(path);
    const valuesOf = (name: string) => {
      const { offset = 0, length = 0 } = tensors.get(name) ?? {};
      const bytes = readFileSync(path).subarray(offset, offset + length);
      return Array.from({ length: length / 2 }, (_, i) => toFloat(bytes.readUInt16LE(2 * i)));
    };
    const power = (name: string) => valuesOf(name).reduce((sum, value) => sum + value ** 2, 0) / 64;

    expect(power('layer.weight')).toBeGreaterThan(0.5);
    expect(power('layer.weight')).toBeLessThan(2);
    expect(power('layer.bias')).toBeLessThan(0.02);
    expect(Math.min(...valuesOf('norm.weight'))).toBeGreaterThanOrEqual(1);
  });

  it('are the same for the same seed, in either format', async () => {
    const [once, again] = [temp.path('a.safetensors'), temp.path('b.safetensors')];
    writeRandomSafetensors(once, shapes, 1);
    writeRandomSafetensors(again, shapes, 1);
    expect(readFileSync(again).equals(readFileSync(once))).toBe(true);

    const archive = temp.path('model.pt');
    writeRandomPytorchFile(archive, shapes, 1);
    const { offset = 0, length = 0 } = (await readPytorchZip(archive)).tensors.get('layer.weight') ?? {};
    expect(readFileSync(once).includes(readFileSync(archive).subarray(offset, offset + length))).toBe(true);
  });
});

describe('the report', () => {
  it('replaces the section of its bench and nothing else', () => {
    const doc = 'before\n\n<!-- bench a -->\nold\n<!-- end of bench a -->\n\nafter\n';
    expect(replaceSection(doc, 'a', 'A', 'new')).toBe(doc.replace('old', 'new'));
  });

  it('adds a section that is not there', () => {
    expect(replaceSection('before\n', 'a', 'A', 'new')).toBe(
      'before\n\n## A\n\n<!-- bench a -->\nnew\n<!-- end of bench a -->\n',
    );
  });

  it('takes the middle of the measurements', () => {
    expect(median([5, 1, 9])).toBe(5);
    expect(median([4, 1, 9, 2])).toBe(3);
  });
});

/** A normal number in half precision. */
function toFloat(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  return sign * 2 ** (((half >> 10) & 0x1f) - 15) * (1 + (half & 0x3ff) / 1024);
}
