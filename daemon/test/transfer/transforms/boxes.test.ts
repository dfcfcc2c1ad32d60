import { describe, expect, it } from 'vitest';
import { centre, clip, contains, gridPoints, grow, overlap } from '../../../src/transfer/transforms/boxes.js';
import { transformBox } from '../../../src/transfer/transforms/place-region.js';

const BOX = { x: 10, y: 20, w: 30, h: 40 };

describe('a box', () => {
  it.each([
    [10, 20, true],
    [40, 60, true],
    [25, 40, true],
    [9.99, 40, false],
    [25, 60.01, false],
  ])('contains (%d, %d): %s', (x, y, expected) => {
    expect(contains(BOX, { x, y })).toBe(expected);
  });

  it('has its centre in the middle and grows on all sides', () => {
    expect(centre(BOX)).toEqual({ x: 25, y: 40 });
    expect(grow(BOX, 5)).toEqual({ x: 5, y: 15, w: 40, h: 50 });
  });

  it.each([
    ['inside stays', BOX, BOX],
    ['across the corner loses what is outside', { x: -5, y: -5, w: 10, h: 10 }, { x: 0, y: 0, w: 5, h: 5 }],
    ['across the far corner too', { x: 95, y: 75, w: 10, h: 10 }, { x: 95, y: 75, w: 5, h: 5 }],
    ['around the image becomes the image', { x: -9, y: -9, w: 999, h: 999 }, { x: 0, y: 0, w: 100, h: 80 }],
    ['outside has no size', { x: 200, y: -50, w: 10, h: 10 }, { x: 100, y: 0, w: 0, h: 0 }],
  ])('clipped to a 100×80 image: %s', (_name, box, expected) => {
    expect(clip(box, 100, 80)).toEqual(expected);
  });

  it.each([
    ['itself', BOX, 1],
    ['one beside it', { ...BOX, x: 40 }, 0],
    ['its left half', { ...BOX, w: 15 }, 0.5],
    ['one shifted by half its width', { ...BOX, x: 25 }, 1 / 3],
    ['one without size', { ...BOX, w: 0 }, 0],
  ])('overlaps with %s', (_name, other, expected) => {
    expect(overlap(BOX, other)).toBeCloseTo(expected, 9);
    expect(overlap(other, BOX)).toBeCloseTo(expected, 9);
  });

  it('is covered by a grid of cell centres, row by row', () => {
    expect(gridPoints({ x: 0, y: 0, w: 4, h: 8 }, 2)).toEqual([
      { x: 1, y: 2 },
      { x: 3, y: 2 },
      { x: 1, y: 6 },
      { x: 3, y: 6 },
    ]);
  });

  it('is carried by a transform with its corners', () => {
    expect(transformBox({ a: 2, b: 0, c: 0, d: 2, e: 5, f: -5 }, BOX)).toEqual({ x: 25, y: 35, w: 60, h: 80 });
    expect(transformBox({ a: 0, b: 1, c: -1, d: 0, e: 100, f: 0 }, BOX)).toEqual({ x: 40, y: 10, w: 40, h: 30 });
  });
});
