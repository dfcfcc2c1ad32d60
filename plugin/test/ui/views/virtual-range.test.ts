import { describe, expect, it } from 'vitest';
import { drawnIndices, indexAt, OVERSCAN_PX, offsetsOf } from '../../../src/ui/views/virtual-range.js';

const HEIGHTS = Array.from({ length: 100 }, () => 50);
const OFFSETS = offsetsOf(HEIGHTS);

describe('the item at a distance from the top', () => {
  it.each([
    [-10, 0],
    [0, 0],
    [49, 0],
    [50, 1],
    [4999, 99],
    [9999, 99],
  ])('of %i px is item %i', (y, index) => {
    expect(indexAt(OFFSETS, y)).toBe(index);
  });

  it('takes heights as they are', () => {
    expect(offsetsOf([10, 200, 5])).toEqual([0, 10, 210, 215]);
    expect(indexAt(offsetsOf([10, 200, 5]), 209)).toBe(1);
  });

  it('is none in an empty list', () => {
    expect(indexAt(offsetsOf([]), 0)).toBe(-1);
  });
});

describe('the drawn items', () => {
  it('are those in view and some around them', () => {
    const drawn = drawnIndices(OFFSETS, { top: 1000, height: 500 }, []);
    expect(drawn[0]).toBe((1000 - OVERSCAN_PX) / 50);
    expect(drawn.at(-1)).toBe((1500 + OVERSCAN_PX) / 50);
  });

  it('include those that must be kept, in order and once', () => {
    const drawn = drawnIndices(OFFSETS, { top: 1000, height: 500 }, [2, 20, -1]);
    expect(drawn[0]).toBe(2);
    expect(new Set(drawn).size).toBe(drawn.length);
  });

  it('are none in an empty list', () => {
    expect(drawnIndices(offsetsOf([]), { top: 0, height: 500 }, [-1])).toEqual([]);
  });
});
