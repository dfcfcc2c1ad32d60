import { describe, expect, it } from 'vitest';
import { type DiffusionNetwork, dift } from '../../src/diffusion/dift.js';
import { contentHash, gaussianNoise } from '../../src/diffusion/gaussian-noise.js';
import { linearSchedule } from '../../src/diffusion/noise-schedule.js';
import { keyStream } from '../../src/graph/probe/random-weights.js';
import type { NdArray } from '../../src/graph/runtime/run.js';

const image: NdArray = { dims: [1, 3, 2, 2], data: Float32Array.from({ length: 12 }, (_, i) => i / 12) };

/** Features are the squares of what goes in, so that the order of averaging shows. */
function squaring(schedule: DiffusionNetwork['schedule']): DiffusionNetwork & { calls: NdArray[] } {
  const calls: NdArray[] = [];
  return {
    calls,
    schedule,
    encode: async (x) => ({ mean: x }),
    features: async (xt) => {
      calls.push(xt);
      return [{ dims: xt.dims, data: xt.data.map((value) => value * value) }];
    },
  };
}

describe('dift', () => {
  it('averages the features, not the noise, over the members', async () => {
    const network = squaring(linearSchedule());
    const noise = { dims: [2, 1, 3, 2, 2], data: Float32Array.from({ length: 24 }, (_, i) => (i < 12 ? 1 : -1)) };
    const [features] = await dift(network, image, { t: 500, ensembleSize: 2, seed: 0, noise });
    const [a, b] = network.calls;
    expect(network.calls).toHaveLength(2);
    expect(features?.data).toHaveLength(12);
    for (const [i, value] of features?.data.entries() ?? []) {
      expect(value).toBeCloseTo(((a?.data[i] ?? 0) ** 2 + (b?.data[i] ?? 0) ** 2) / 2, 5);
    }
  });

  it('is determined by the seed', async () => {
    const settings = { t: 100, ensembleSize: 2, seed: 7 };
    const first = await dift(squaring(linearSchedule()), image, settings);
    expect(await dift(squaring(linearSchedule()), image, settings)).toEqual(first);
    expect(await dift(squaring(linearSchedule()), image, { ...settings, seed: 8 })).not.toEqual(first);
  });

  it('draws independent noise per image, member and seed', async () => {
    const schedule = linearSchedule();
    const draw = async (shade: number, seed: number) => {
      const network = squaring(schedule);
      const plain = { dims: [1, 3, 40, 40], data: new Float32Array(4800).fill(shade) };
      await dift(network, plain, { t: 999, ensembleSize: 3, seed });
      return network.calls.map(({ data }) => data);
    };
    const draws = [
      ...(await draw(0.25, 0)),
      ...(await draw(-0.25, 0)),
      ...(await draw(0.25, 1)),
      ...(await draw(0.25, 2)),
    ];
    for (const [i, a] of draws.entries()) {
      // of 4800 independent pairs the correlation lies within 0.07 but for one time in a million
      for (const b of draws.slice(i + 1)) expect(Math.abs(correlation(a, b))).toBeLessThan(0.07);
    }
  });

  it('samples the latent per image, member and seed, independently of the added noise', async () => {
    const size = 4096;
    const none = { dims: [3, size], data: new Float32Array(3 * size) };
    const flat = { dims: [1, 1, 64, 64], data: new Float32Array(size) };
    const network = squaring(null);
    network.encode = async () => ({ mean: flat, deviation: new Float32Array(size).fill(1) });
    const seen = { ...network, schedule: { alphasCumprod: Float64Array.of(0.5) } };
    const other = { ...image, data: image.data.map((value) => -value) };
    const settings = { t: 0, ensembleSize: 3, seed: 0 };
    await dift(seen, image, { ...settings, noise: none });
    await dift(seen, image, { ...settings, latentNoise: none });
    await dift(seen, image, { ...settings, seed: 1, noise: none });
    await dift(seen, other, { ...settings, noise: none });
    const draws = network.calls.map(({ data }) => data.map((value) => value * Math.SQRT2));
    expect(draws).toHaveLength(12);
    for (const [n, a] of draws.entries()) {
      expect(a.some((value) => value !== 0)).toBe(true);
      for (const b of draws.slice(n + 1)) expect(Math.abs(correlation(a, b))).toBeLessThan(0.1);
    }
  });

  it('samples a latent without added noise too', async () => {
    const network = squaring(null);
    network.encode = async (x) => ({ mean: x, deviation: new Float32Array(12).fill(0.5) });
    const latentNoise = { dims: [1, 3, 2, 2], data: new Float32Array(12).fill(2) };
    await dift(network, image, { t: 261, ensembleSize: 1, seed: 0, latentNoise });
    expect(network.calls.map(({ data }) => data)).toEqual([image.data.map((value) => value + 1)]);
  });

  it('averages several blocks with one run per member', async () => {
    const network = squaring(linearSchedule());
    const blocks = {
      ...network,
      features: async (xt: NdArray) => {
        const [square] = await network.features(xt);
        return [xt, ...(square === undefined ? [] : [square])];
      },
    };
    const settings = { t: 100, ensembleSize: 3, seed: 0 };
    const [own, squares] = await dift(blocks, image, settings);
    expect(network.calls).toHaveLength(3);
    expect([squares]).toEqual(await dift(squaring(linearSchedule()), image, settings));
    const mean = (i: number) => network.calls.reduce((sum, { data }) => sum + (data[i] ?? 0), 0) / 3;
    expect(own?.data[7]).toBeCloseTo(mean(7), 5);
  });

  it('rejects noise for fewer members than the ensemble has', async () => {
    const noise = { dims: [1, 3, 2, 2], data: new Float32Array(12) };
    const settings = { t: 1, ensembleSize: 2, seed: 0, noise };
    await expect(dift(squaring(linearSchedule()), image, settings)).rejects.toThrow(RangeError);
  });

  it('runs once without noise for a network without a schedule', async () => {
    const network = squaring(null);
    await dift(network, image, { t: 261, ensembleSize: 8, seed: 0 });
    expect(network.calls.map(({ data }) => data)).toEqual([image.data]);
  });
});

describe('contentHash', () => {
  it('depends on the shape', () => {
    const data = Float32Array.from({ length: 24 }, (_, i) => i);
    expect(contentHash({ dims: [1, 3, 2, 4], data })).not.toBe(contentHash({ dims: [1, 3, 4, 2], data }));
  });
});

describe('gaussianNoise', () => {
  it('needs four bytes of the key stream per value', () => {
    const stream = keyStream(JSON.stringify(['an image', 42, 0]), 8);
    const [a = 0, b = 0] = [0, 4].map((at) => (stream.readUInt32LE(at) + 1) / 2 ** 32);
    const [first, second] = gaussianNoise(2, { content: 'an image', seed: 42, member: 0 });
    expect(first).toBeCloseTo(Math.sqrt(-2 * Math.log(a)) * Math.cos(2 * Math.PI * b), 6);
    expect(second).toBeCloseTo(Math.sqrt(-2 * Math.log(a)) * Math.sin(2 * Math.PI * b), 6);
  });

  it('has mean 0, variance 1, kurtosis 3 and uncorrelated neighbours', () => {
    const values = gaussianNoise(200_001, { content: 'an image', seed: 42, member: 0 });
    const mean = (pick: (value: number, i: number) => number) =>
      values.reduce((sum, v, i) => sum + pick(v, i), 0) / values.length;
    expect(mean((v) => v)).toBeCloseTo(0, 1.7);
    expect(mean((v) => v ** 2)).toBeCloseTo(1, 1.7);
    expect(mean((v) => v ** 4)).toBeCloseTo(3, 1);
    expect(mean((v, i) => v * (values[i + 1] ?? 0))).toBeCloseTo(0, 1.7);
  });
});

function correlation(a: Float32Array, b: Float32Array): number {
  const mean = (of: Float32Array) => of.reduce((sum, value) => sum + value, 0) / of.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  const covariance = (x: Float32Array, mx: number, y: Float32Array, my: number) =>
    x.reduce((sum, value, i) => sum + (value - mx) * ((y[i] ?? 0) - my), 0);
  return covariance(a, meanA, b, meanB) / Math.sqrt(covariance(a, meanA, a, meanA) * covariance(b, meanB, b, meanB));
}
