import { describe, expect, it } from 'vitest';
import { cellCentre, type FeatureMap, sampleFeatures, toCells } from '../../src/diffusion/feature-map.js';
import { columnAt, dot, randomMap } from '../support/random.js';

/** Cells that are wider than high, so that swapped axes show. */
const MAP: FeatureMap = { ...randomMap(8, 5, 7, 1), cellWidthPx: 10, cellHeightPx: 4 };
const CELLS = Array.from({ length: 35 }, (_, cell) => cell);

function expectColumn(actual: Float32Array, expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  for (const [c, value] of expected.entries()) expect(actual[c]).toBeCloseTo(value, 5);
}

describe('cells and pixels', () => {
  it('the centre of a cell lies half a cell from its edges', () => {
    expect(cellCentre(MAP, 0)).toEqual({ x: 5, y: 2 });
    expect(cellCentre(MAP, 6)).toEqual({ x: 65, y: 2 });
    expect(cellCentre(MAP, 7)).toEqual({ x: 5, y: 6 });
    expect(cellCentre(MAP, 34)).toEqual({ x: 65, y: 18 });
  });

  it('the round trip to pixels returns to the same cell', () => {
    for (const cell of CELLS) {
      const { x, y } = toCells(MAP, cellCentre(MAP, cell));
      expect(y * MAP.columns + x).toBeCloseTo(cell, 9);
    }
  });

  it.each([
    [-50, -50, 0, 0],
    [0, 0, 0, 0],
    [70, 20, 6, 4],
    [999, 10, 6, 2],
  ])('(%i, %i) stays on the map', (x, y, column, row) => {
    expect(toCells(MAP, { x, y })).toEqual({ x: column, y: row });
  });
});

describe('sampling', () => {
  it('at a centre returns the descriptor of that cell', () => {
    const samples = sampleFeatures(
      MAP,
      CELLS.map((cell) => cellCentre(MAP, cell)),
    );
    for (const cell of CELLS) expectColumn(samples.subarray(cell * 8, cell * 8 + 8), columnAt(MAP, cell));
  });

  it('between two centres interpolates to unit length', () => {
    const at = cellCentre(MAP, 9);
    const mixed = columnAt(MAP, 9).map((value, c) => 0.75 * value + 0.25 * (columnAt(MAP, 10)[c] ?? 0));
    const length = Math.hypot(...mixed);
    expectColumn(
      sampleFeatures(MAP, [{ x: at.x + 2.5, y: at.y }]),
      mixed.map((value) => value / length),
    );
  });

  it('between four centres interpolates all four', () => {
    const at = cellCentre(MAP, 9);
    const mixed = columnAt(MAP, 9).map((_, c) =>
      [9, 10, 16, 17].reduce((sum, n) => sum + (columnAt(MAP, n)[c] ?? 0), 0),
    );
    const length = Math.hypot(...mixed);
    expectColumn(
      sampleFeatures(MAP, [{ x: at.x + 5, y: at.y + 2 }]),
      mixed.map((value) => value / length),
    );
  });

  it('returns unit descriptors, outside the image those of the edge', () => {
    const points = [
      { x: 33.3, y: 11.1 },
      { x: 69.9, y: 19.9 },
      { x: -100, y: 2 },
      { x: 1e6, y: 1e6 },
    ];
    const samples = sampleFeatures(MAP, points);
    for (const n of points.keys()) {
      const column = [...samples.subarray(n * 8, n * 8 + 8)];
      expect(dot(column, column)).toBeCloseTo(1, 5);
    }
    expectColumn(samples.subarray(16, 24), columnAt(MAP, 0));
    expectColumn(samples.subarray(24, 32), columnAt(MAP, 34));
  });

  it('of opposite descriptors returns no NaN', () => {
    const opposite = { ...randomMap(2, 1, 2, 1), chw: Float32Array.of(1, -1, 0, 0) };
    expect([...sampleFeatures(opposite, [{ x: 4, y: 2 }])]).toEqual([0, 0]);
  });
});
