import { describe, expect, it } from 'vitest';
import { cellCentre, type FeatureMap } from '../../src/diffusion/feature-map.js';
import { fuseMaps, fusePyramids } from '../../src/diffusion/fuse-features.js';
import { columnAt, dot, randomMap } from '../support/random.js';

const FINE = randomMap(6, 8, 12, 1, 4);
const COARSE = randomMap(10, 4, 6, 2, 8);
const pyramid = (...levels: FeatureMap[]) => ({ width: 48, height: 32, blank: false, baseLevel: 0, levels });

describe('a fusion of two maps', () => {
  it('has unit descriptors on the finer grid', () => {
    const fused = fuseMaps([
      { map: COARSE, weight: 0.5 },
      { map: { ...FINE, lengths: new Float32Array(96) }, weight: 0.5 },
    ]);
    expect(fused).toMatchObject({ channels: 16, rows: 8, columns: 12, cellWidthPx: 4, cellHeightPx: 4 });
    expect(fused).not.toHaveProperty('lengths');
    for (let cell = 0; cell < 96; cell++) expect(dot(columnAt(fused, cell), columnAt(fused, cell))).toBeCloseTo(1, 5);
  });

  it('has the mean similarity of its parts, weighted by the squared weights', () => {
    const other = randomMap(10, 8, 12, 3, 4);
    const fused = fuseMaps([
      { map: FINE, weight: 3 },
      { map: other, weight: 4 },
    ]);
    const cosine = (map: FeatureMap) => dot(columnAt(map, 5), columnAt(map, 70));
    expect(cosine(fused)).toBeCloseTo((9 * cosine(FINE) + 16 * cosine(other)) / 25, 5);
  });

  it('samples the coarser map bilinearly', () => {
    const fused = fuseMaps([
      { map: FINE, weight: 1 },
      { map: COARSE, weight: 1 },
    ]);
    // centre of fine cell (2, 1): a quarter of a coarse cell from the centre of coarse cell (1, 0), to the left and below
    expect(cellCentre(fused, 14)).toEqual({ x: 10, y: 6 });
    const corner = (column: number, row: number) => columnAt(COARSE, row * 6 + column);
    const mixed = corner(1, 0).map(
      (value, c) =>
        0.75 * (0.75 * value + 0.25 * (corner(0, 0)[c] ?? 0)) +
        0.25 * (0.75 * (corner(1, 1)[c] ?? 0) + 0.25 * (corner(0, 1)[c] ?? 0)),
    );
    const length = Math.SQRT2 * Math.hypot(...mixed);
    const found = columnAt(fused, 14).slice(6);
    for (const [c, value] of found.entries()) expect(value).toBeCloseTo((mixed[c] ?? 0) / length, 5);
  });
});

describe('a fusion of pyramids', () => {
  it('has windows if all parts have them', async () => {
    const windows = (map: FeatureMap) => ({ size: { longSidePx: 64, windowPx: 32 }, window: async () => map });
    const parts = [
      { pyramid: { ...pyramid(COARSE), fine: windows(COARSE) }, weight: 1 },
      { pyramid: { ...pyramid(FINE), fine: windows(FINE) }, weight: 1 },
    ];
    const window = await fusePyramids(parts).fine?.window({ x: 0, y: 0, w: 48, h: 32 });
    expect(window).toMatchObject({ channels: 16, rows: 8, columns: 12 });
    expect(fusePyramids([...parts, { pyramid: pyramid(FINE), weight: 1 }])).not.toHaveProperty('fine');
  });

  it('has no element matcher and no dustbin', () => {
    const elements = { match: () => Promise.reject(new Error('of other features')) };
    const dustbin = { weight: new Float32Array(6), bias: 0 };
    const one = { pyramid: { ...pyramid(FINE), elements, dustbin }, weight: 1 };
    const fused = fusePyramids([one, { ...one }]);
    expect(fused).not.toHaveProperty('elements');
    expect(fused).not.toHaveProperty('noCounterpart');
  });

  it('has the levels of the part with most, fused with the nearest level of the others', () => {
    const fused = fusePyramids([
      { pyramid: pyramid(COARSE), weight: 1 },
      { pyramid: pyramid(randomMap(6, 4, 6, 4, 8), FINE), weight: 1 },
    ]);
    expect(fused.levels.map(({ channels, rows }) => [channels, rows])).toEqual([
      [16, 4],
      [16, 8],
    ]);
  });
});
