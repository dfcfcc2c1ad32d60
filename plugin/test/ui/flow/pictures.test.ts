import { describe, expect, it } from 'vitest';
import { maskDifference, opaqueBox } from '../../../src/ui/flow/pictures/pictures-pixels.js';

/** RGBA pixels of one shade each; null is transparent. */
function image(rows: readonly (readonly (number | null)[])[]): Uint8ClampedArray<ArrayBuffer> {
  return new Uint8ClampedArray(
    rows.flat().flatMap((shade) => (shade === null ? [0, 0, 0, 0] : [shade, shade, shade, 255])),
  );
}

const row = (...shades: number[]) => shades;
const alphas = (rgba: Uint8ClampedArray) => [...rgba].filter((_, n) => n % 4 === 3).map((alpha) => alpha / 255);

describe('the difference of two versions', () => {
  it('keeps what differs with a margin of one pixel, and makes the rest transparent', () => {
    const before = image([row(9, 9, 9, 9, 9)]);
    const after = image([row(9, 9, 9, 9, 200)]);
    maskDifference(before, after, 5);
    expect(alphas(after)).toEqual([0, 0, 0, 1, 1]);
    expect(after[16]).toBe(200);
  });

  it('ignores small differences, such as those of JPEG', () => {
    const after = image([row(20, 3, 9), row(9, 9, 9)]);
    maskDifference(image([row(9, 9, 9), row(9, 9, 9)]), after, 3);
    expect(opaqueBox(after, 3)).toBeNull();
  });

  it('does not continue at the other edge of the next row', () => {
    const [before, after] = [image([row(9, 9, 9), row(9, 9, 9)]), image([row(9, 9, 200), row(9, 9, 9)])];
    maskDifference(before, after, 3);
    expect(alphas(after)).toEqual([0, 1, 1, 0, 1, 1]);
  });
});

it('the opaque box covers all pixels that are not transparent', () => {
  const rgba = image([
    [null, null, null, null],
    [null, 5, null, null],
    [null, null, 7, null],
  ]);
  expect(opaqueBox(rgba, 4)).toEqual({ x: 1, y: 1, w: 2, h: 2 });
  expect(opaqueBox(image([[null]]), 1)).toBeNull();
});
