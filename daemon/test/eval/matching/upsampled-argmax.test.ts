import { describe, expect, it } from 'vitest';
import { Matcher } from '../../../src/correspond/matcher.js';
import type { FeatureMap } from '../../../src/diffusion/feature-map.js';
import { upsampledArgmax } from '../../../src/eval/matching/upsampled-argmax.js';
import { columnAt, seededRandom } from '../../support/random.js';

interface Size {
  width: number;
  height: number;
}

/** Random descriptors of random lengths, like unnormalised network output. */
function rawMap(channels: number, rows: number, columns: number, { width, height }: Size, seed: number): FeatureMap {
  const random = seededRandom(seed);
  const chw = Float32Array.from({ length: channels * rows * columns }, () => 4 * random() - 2);
  return { channels, rows, columns, chw, cellWidthPx: width / columns, cellHeightPx: height / rows };
}

/** The same map as unit descriptors with their lengths. */
function toUnitColumns(map: FeatureMap): FeatureMap {
  const cells = map.rows * map.columns;
  const lengths = Float32Array.from({ length: cells }, (_, cell) => Math.hypot(...columnAt(map, cell)));
  return { ...map, lengths, chw: map.chw.map((value, at) => value / (lengths[at % cells] ?? 1)) };
}

/** `nn.Upsample(size, mode='bilinear')` (half-pixel centres, edges repeated), then each descriptor normalised. */
function upsampled(map: FeatureMap, { width, height }: Size): number[][] {
  const between = (pixel: number, pixels: number, cells: number) => {
    const at = Math.max(0, ((pixel + 0.5) * cells) / pixels - 0.5);
    const low = Math.min(Math.floor(at), cells - 1);
    return { low, high: Math.min(low + 1, cells - 1), t: at - low };
  };
  return Array.from({ length: width * height }, (_, pixel) => {
    const x = between(pixel % width, width, map.columns);
    const y = between(Math.floor(pixel / width), height, map.rows);
    const [a, b, c, d] = [
      [y.low, x.low],
      [y.low, x.high],
      [y.high, x.low],
      [y.high, x.high],
    ].map(([row = 0, column = 0]) => columnAt(map, row * map.columns + column));
    const column = (a ?? []).map((value, i) => {
      const top = value + ((b?.[i] ?? 0) - value) * x.t;
      const bottom = (c?.[i] ?? 0) + ((d?.[i] ?? 0) - (c?.[i] ?? 0)) * x.t;
      return top + (bottom - top) * y.t;
    });
    const length = Math.hypot(...column);
    return column.map((value) => value / length);
  });
}

/** The published method, literally: upsample the whole map, one matrix product, argmax. */
function bruteForce(source: FeatureMap, sourceSize: Size, target: FeatureMap, targetSize: Size, x: number, y: number) {
  const query = upsampled(source, sourceSize)[y * sourceSize.width + x] ?? [];
  const similarities = upsampled(target, targetSize).map((column) =>
    column.reduce((sum, value, i) => sum + value * (query[i] ?? 0), 0),
  );
  const similarity = Math.max(...similarities);
  const pixel = similarities.indexOf(similarity);
  return { x: pixel % targetSize.width, y: Math.floor(pixel / targetSize.width), similarity };
}

describe('argmax over upsampled maps', () => {
  it.each([
    ['both squashed into a square', [6, 6], [6, 6], { width: 37, height: 22 }, { width: 29, height: 41 }],
    ['of different shapes', [4, 7], [5, 3], { width: 50, height: 30 }, { width: 20, height: 33 }],
    ['finer than the image', [12, 12], [12, 12], { width: 9, height: 7 }, { width: 8, height: 10 }],
    ['with a single row', [1, 9], [1, 5], { width: 40, height: 3 }, { width: 30, height: 6 }],
  ] as const)('finds the pixel of the full matrix, maps %s', async (_, [r1, c1], [r2, c2], sourceSize, targetSize) => {
    const source = rawMap(5, r1, c1, sourceSize, 1);
    const target = rawMap(5, r2, c2, targetSize, 2);
    const keypoints = Array.from({ length: 12 }, (_, n) => ({
      x: (n * 7) % sourceSize.width,
      y: (n * 5) % sourceSize.height,
    }));
    const found = await upsampledArgmax(new Matcher(), source, target, targetSize, keypoints);
    expect(found).toHaveLength(keypoints.length);
    for (const [n, { x, y }] of keypoints.entries()) {
      const expected = bruteForce(source, sourceSize, target, targetSize, x, y);
      expect({ x: found[n]?.x, y: found[n]?.y }).toEqual({ x: expected.x, y: expected.y });
      expect(found[n]?.similarity).toBeCloseTo(expected.similarity, 5);
    }
  });

  it('interpolates unscaled features, not unit descriptors', async () => {
    const size = { width: 30, height: 24 };
    const [source, target] = [rawMap(4, 4, 5, size, 5), rawMap(4, 5, 4, size, 6)];
    const keypoints = [3, 9, 14, 21].map((at) => ({ x: at, y: at }));
    const expected = await upsampledArgmax(new Matcher(), source, target, size, keypoints);
    const [unitSource, unitTarget] = [toUnitColumns(source), toUnitColumns(target)];
    const found = await upsampledArgmax(new Matcher(), unitSource, unitTarget, size, keypoints);
    expect(found.map(({ x, y }) => ({ x, y }))).toEqual(expected.map(({ x, y }) => ({ x, y })));
    const { lengths: _, ...withoutLengths } = unitTarget;
    const other = await upsampledArgmax(new Matcher(), unitSource, withoutLengths, size, keypoints);
    expect(other.map(({ x, y }) => ({ x, y }))).not.toEqual(expected.map(({ x, y }) => ({ x, y })));
  });

  it('picks the first pixel in row-major order on ties', async () => {
    const size = { width: 6, height: 4 };
    const map = rawMap(3, 1, 1, size, 3);
    expect(await upsampledArgmax(new Matcher(), map, map, size, [{ x: 5, y: 3 }])).toMatchObject([{ x: 0, y: 0 }]);
  });
});
