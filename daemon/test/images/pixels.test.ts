import { describe, expect, it } from 'vitest';
import { isBlank, toPaddedChw } from '../../src/images/pixels.js';
import { draw } from '../support/draw.js';

function image(...levels: number[]) {
  return { width: levels.length / 3, height: 1, rgb: Uint8Array.from(levels) };
}

describe('an image is blank', () => {
  it('when all its pixels have one colour, also if its channels differ', () => {
    expect(isBlank(image(10, 200, 30, 10, 200, 30))).toBe(true);
  });

  it('when compression added a few levels of noise', () => {
    expect(isBlank(image(10, 200, 30, 13, 197, 30))).toBe(true);
  });

  it('but not when a single channel of a single pixel differs by more', () => {
    expect(isBlank(image(10, 200, 30, 10, 200, 30, 10, 200, 34))).toBe(false);
  });
});

const LEFT = [255, 0, 51] as const;
const RIGHT = [0, 255, 102] as const;
const PAIR = draw(2, 1, [
  { x: 0, y: 0, w: 1, h: 1, colour: LEFT },
  { x: 1, y: 0, w: 1, h: 1, colour: RIGHT },
]);

describe('the network input is', () => {
  it('planes in −1…1, padded by repeating the last row and column', () => {
    const chw = toPaddedChw(PAIR, { width: 3, height: 2 });
    const planes = [0, 1, 2].map((c) =>
      [...chw.subarray(c * 6, c * 6 + 6)].map((value) => Math.round(value * 10) / 10),
    );
    expect(planes).toEqual([
      [1, -1, -1, 1, -1, -1],
      [-1, 1, 1, -1, 1, 1],
      [-0.6, -0.2, -0.2, -0.6, -0.2, -0.2],
    ]);
  });
});
