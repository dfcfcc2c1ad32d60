import { describe, expect, it, vi } from 'vitest';
import { FeatureExtractor } from '../../src/diffusion/feature-extractor.js';
import { cellCentre, type FeatureMap } from '../../src/diffusion/feature-map.js';
import { FeatureSource } from '../../src/diffusion/feature-pyramid.js';
import { PRESETS } from '../../src/diffusion/presets.js';
import type { RgbImage } from '../../src/images/decode.js';
import { EMBEDDED_UI_MODEL } from '../../src/models/embedded.js';
import { draw } from '../support/draw.js';
import { columnAt, dot } from '../support/feature-maps.js';

const STRIDE_PX = 4;
const LONG_SIDE = 96;

const extractor = new FeatureExtractor(EMBEDDED_UI_MODEL, PRESETS.ui.bucketPx);

/** Long and thin, so that even the largest size of the preset is computed in no time. */
const STRIP = draw(300, 12, [
  { x: 20, y: 2, w: 60, h: 8, colour: [30, 30, 30] },
  { x: 150, y: 4, w: 90, h: 4, colour: [200, 40, 40] },
]);

function expectUnitColumns(map: FeatureMap): void {
  expect(map.chw).toHaveLength(map.channels * map.rows * map.columns);
  for (let cell = 0; cell < map.rows * map.columns; cell++) {
    const column = columnAt(map, cell);
    expect(dot(column, column)).toBeCloseTo(1, 3);
  }
}

describe('a feature map', () => {
  it('has one cell for every four pixels of the image as it is seen', async () => {
    const map = await extractor.extract(draw(192, 96), LONG_SIDE);
    expect(map).toMatchObject({ rows: 12, columns: 24, cellWidthPx: 8, cellHeightPx: 8 });
    expectUnitColumns(map);
  });

  it.each([
    [1, 1],
    [1, 2000],
    [2000, 1],
    [37, 911],
    [101, 67],
  ])('of %i×%i pixels covers the image, and the padding is cut off', async (width, height) => {
    const map = await extractor.extract(draw(width, height, [], [90, 120, 200]), LONG_SIDE);
    expectUnitColumns(map);
    // to the next whole cell, and no further
    expect(map.columns * map.cellWidthPx).toBeGreaterThanOrEqual(width);
    expect((map.columns - 1) * map.cellWidthPx).toBeLessThan(width);
    expect(map.rows * map.cellHeightPx).toBeGreaterThanOrEqual(height);
    expect((map.rows - 1) * map.cellHeightPx).toBeLessThan(height);
  });

  it('puts what is at a place of the image into the cell of that place', async () => {
    const mark = { x: 120, y: 60, w: 16, h: 16, colour: [0, 0, 0] as const };
    const [without, with_] = await Promise.all([
      extractor.extract(draw(200, 100), 200),
      extractor.extract(draw(200, 100, [mark]), 200),
    ]);
    const change = (cell: number) => 1 - dot(columnAt(without, cell), columnAt(with_, cell));
    const cells = Array.from({ length: with_.rows * with_.columns }, (_, cell) => cell);
    const most = cells.reduce((a, b) => (change(b) > change(a) ? b : a));
    const { x, y } = cellCentre(with_, most);
    expect(Math.abs(x - 128)).toBeLessThan(20);
    expect(Math.abs(y - 68)).toBeLessThan(20);
  });

  it('is the same in every run, down to the last bit', async () => {
    const other = new FeatureExtractor(EMBEDDED_UI_MODEL, PRESETS.ui.bucketPx);
    const [a, b] = [await extractor.extract(STRIP, LONG_SIDE), await other.extract(STRIP, LONG_SIDE)];
    expect(Buffer.from(a.chw.buffer).equals(Buffer.from(b.chw.buffer))).toBe(true);
  });
});

describe('a feature pyramid', () => {
  const decoder = (image: RgbImage) => vi.fn(async () => image);

  it('has one level for each size of the preset, the smallest first, and the size of the image', async () => {
    const { levels, ...size } = await new FeatureSource().pyramid('a', decoder(STRIP), 'ui');
    expect(size).toMatchObject({ width: 300, height: 12 });
    expect(levels.map(({ columns }) => columns * STRIDE_PX)).toEqual(PRESETS.ui.longSides);
    for (const level of levels) expect(level.cellWidthPx).toBeCloseTo(300 / level.columns, 6);
  });

  it('is computed once an image: its pixels are decoded once, and not again for the same id', async () => {
    const source = new FeatureSource();
    const decode = decoder(STRIP);
    const first = await source.pyramid('a', decode, 'ui');
    expect(decode).toHaveBeenCalledTimes(1);
    const onLevel = vi.fn();
    const second = await source.pyramid('a', decode, 'ui', onLevel);
    expect(decode).toHaveBeenCalledTimes(1);
    expect(onLevel).toHaveBeenCalledTimes(PRESETS.ui.longSides.length);
    expect(second.levels.every((level, n) => level === first.levels[n])).toBe(true);
    await source.pyramid('b', decode, 'ui');
    expect(decode).toHaveBeenCalledTimes(2);
  });

  it('fails with what the decoder says, and works once the image can be read', async () => {
    const source = new FeatureSource();
    await expect(source.pyramid('a', () => Promise.reject(new Error('unreadable')), 'ui')).rejects.toThrow(
      'unreadable',
    );
    expect(await source.pyramid('a', decoder(STRIP), 'ui')).toMatchObject({ width: 300 });
  });
});
