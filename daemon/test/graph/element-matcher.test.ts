import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { elementGeometry } from '../../src/correspond/match-elements.js';
import { ElementNetwork, type Elements } from '../../src/diffusion/networks/element-network.js';
import { filesOf } from '../../src/diffusion/networks/model-files.js';
import { NetworkPool } from '../../src/diffusion/networks/network-pool.js';
import { CPU_RUNTIME } from '../../src/graph/runtime/runtime.js';
import { floatsToHalves, halvesToFloats } from '../../src/graph/weights/half.js';
import { readTensor, relativeError } from '../support/run-network.js';

// `training/small-run.sh` names a model of its own
const MODEL = process.env.UI_MODEL ?? fileURLToPath(new URL('../../models/ui', import.meta.url));
const REFERENCE = process.env.UI_PARITY ?? fileURLToPath(new URL('../fixtures/ui/parity.safetensors', import.meta.url));

const reference = (name: string) => readTensor(REFERENCE, name).data;

function elements(prefix: string): Elements {
  const dustbin = reference(`${prefix}none`);
  return {
    count: dustbin.length,
    descriptors: reference(`${prefix}columns`),
    geometry: reference(`${prefix}geometry`),
    dustbin,
  };
}

const SOURCE = elements('elements_');
const TARGET = elements('other_elements_');

describe('the compiled element matcher', () => {
  const pool = new NetworkPool(CPU_RUNTIME);
  const network = new ElementNetwork(filesOf(MODEL), pool);
  afterAll(() => pool.release());

  it('equals the reference to a relative error of 1e-4', async () => {
    const { rows, dustbin, otherDustbin } = await network.match(SOURCE, TARGET);
    expect(rows).toHaveLength(SOURCE.count);
    expect(relativeError(joined(rows), reference('logits'))).toBeLessThan(1e-4);
    expect(relativeError(dustbin, reference('matched_none'))).toBeLessThan(1e-4);
    expect(relativeError(otherDustbin, reference('other_matched_none'))).toBeLessThan(1e-4);
  });

  it('is symmetric in the two images', async () => {
    const { rows } = await network.match(SOURCE, TARGET);
    const back = await network.match(TARGET, SOURCE);
    const transposed = rows.map((_, n) => Float32Array.from(back.rows, (row) => row[n] ?? Number.NaN));
    expect(relativeError(joined(transposed), joined(rows))).toBeLessThan(1e-4);
    expect(relativeError(back.otherDustbin, reference('matched_none'))).toBeLessThan(1e-4);
  });

  it('does not depend on the order of the elements', async () => {
    const order = [...SOURCE.dustbin.keys()].reverse();
    const reversed = { ...SOURCE, ...picked(SOURCE, order) };
    const { rows } = await network.match(SOURCE, TARGET);
    const again = (await network.match(reversed, TARGET)).rows.reverse();
    expect(relativeError(joined(again), joined(rows))).toBeLessThan(1e-4);
  });
});

describe('the element matcher of a model', () => {
  const pool = new NetworkPool(CPU_RUNTIME);

  it('is undefined without its weights', () => {
    const features = [...filesOf(MODEL)].filter(([name]) => !name.startsWith('elements'));
    expect(ElementNetwork.of(new Map(features), pool)).toBeUndefined();
    expect(ElementNetwork.of(filesOf(MODEL), pool)).toBeInstanceOf(ElementNetwork);
  });

  it.each([
    [1, 64],
    [64, 64],
    [65, 128],
    [129, 256],
  ])('runs %i elements padded to %i, masked by a number of half precision', async (count, length) => {
    const idle = new NetworkPool(CPU_RUNTIME);
    const zeros = { dims: [length, 64], data: new Float32Array(length * 64) };
    const run = vi.spyOn(idle, 'run').mockResolvedValue({ logits: zeros, dustbin: zeros, otherDustbin: zeros });
    await new ElementNetwork(filesOf(MODEL), idle).match(blankElements(count), blankElements(1));
    const { mask, other_mask: otherMask } = run.mock.calls[0]?.[1] ?? {};
    expect([mask?.dims, otherMask?.dims]).toEqual([
      [1, length],
      [1, 64],
    ]);
    const values = otherMask?.data;
    if (!(values instanceof Float32Array)) throw new TypeError('the mask has numbers of single precision');
    expect(values.slice(0, 2)).toEqual(Float32Array.of(0, -1e4));
    expect(halvesToFloats(floatsToHalves(values))).toEqual(values);
  });

  it('rejects features of another width', async () => {
    const narrow = { ...TARGET, descriptors: TARGET.descriptors.subarray(0, TARGET.count * 10) };
    await expect(new ElementNetwork(filesOf(MODEL), pool).match(SOURCE, narrow)).rejects.toMatchObject({
      code: 'MODEL_INVALID',
      message: expect.stringContaining('needs 480 numbers per element, but the features have 10'),
    });
  });
});

describe('elementGeometry', () => {
  it.each(['elements_', 'other_elements_'])('equals that of training, %s', (prefix) => {
    const [width = 0, height = 0] = reference(`${prefix}size`);
    const boxes = reference(`${prefix}boxes`);
    const geometry = Array.from({ length: boxes.length / 4 }, (_, n) => {
      const [x = 0, y = 0, w = 0, h = 0] = boxes.subarray(4 * n, 4 * n + 4);
      return elementGeometry({ x, y, w, h }, { width, height });
    });
    expect(relativeError(Float32Array.from(geometry.flat()), reference(`${prefix}geometry`))).toBeLessThan(1e-5);
  });
});

function blankElements(count: number): Elements {
  const zeros = (values: Float32Array) => new Float32Array((count * values.length) / SOURCE.count);
  const { descriptors, geometry, dustbin } = SOURCE;
  return { count, descriptors: zeros(descriptors), geometry: zeros(geometry), dustbin: zeros(dustbin) };
}

function picked({ descriptors, geometry, dustbin }: Elements, order: readonly number[]): Partial<Elements> {
  const take = (values: Float32Array) => {
    const channels = values.length / order.length;
    return Float32Array.from(order.flatMap((n) => [...values.subarray(n * channels, (n + 1) * channels)]));
  };
  return { descriptors: take(descriptors), geometry: take(geometry), dustbin: take(dustbin) };
}

function joined(rows: readonly Float32Array[]): Float32Array {
  return Float32Array.from(rows.flatMap((row) => [...row]));
}
