import { describe, expect, it } from 'vitest';
import { peakNear, softArgmax } from '../../src/correspond/soft-argmax.js';
import { similarityField } from '../support/synthetic-map.js';

const ONE = Float32Array.of(1);

/** Similarities of a row of 11 cells, zero except at some columns. */
function rowOf(values: Readonly<Record<number, number>>) {
  return similarityField([Array.from({ length: 11 }, (_, column) => values[column] ?? 0)], 10);
}

describe('window soft-argmax', () => {
  it('weighs two cells of a similarity that differs by 0.02 as 1 : e', () => {
    const { x, y } = softArgmax(ONE, rowOf({ 5: 0.9, 6: 0.88 }), { x: 5, y: 0 });
    expect(x).toBeCloseTo(55 + 10 / (1 + Math.E), 4);
    expect(y).toBeCloseTo(5, 6);
  });

  it('ignores cells more than two cells away', () => {
    expect(softArgmax(ONE, rowOf({ 5: 0.9, 8: 0.9 }), { x: 5, y: 0 }).x).toBeCloseTo(55, 6);
    expect(softArgmax(ONE, rowOf({ 5: 0.9, 7: 0.9 }), { x: 5, y: 0 }).x).toBeCloseTo(65, 6);
  });
});

describe('the peak near a position', () => {
  it('is the best cell within reach', () => {
    expect(peakNear(ONE, rowOf({ 4: 0.5, 8: 0.9 }), { x: 55, y: 5 }, 20)).toMatchObject({ x: 4, atEdge: false });
    expect(peakNear(ONE, rowOf({ 4: 0.5, 8: 0.9 }), { x: 55, y: 5 }, 40)).toMatchObject({ x: 8, atEdge: false });
  });

  it('is searched within one cell at least', () => {
    expect(peakNear(ONE, rowOf({ 6: 0.9 }), { x: 55, y: 5 }, 0.1).x).toBe(6);
  });

  it('is at the edge of the search, unless that is the edge of the map', () => {
    expect(peakNear(ONE, rowOf({ 7: 0.9 }), { x: 55, y: 5 }, 20).atEdge).toBe(true);
    expect(peakNear(ONE, rowOf({ 3: 0.9 }), { x: 55, y: 5 }, 20).atEdge).toBe(true);
    expect(peakNear(ONE, rowOf({ 10: 0.9 }), { x: 95, y: 5 }, 20).atEdge).toBe(false);
    expect(peakNear(ONE, rowOf({ 0: 0.9 }), { x: 15, y: 5 }, 20).atEdge).toBe(false);
  });
});
