import { describe, expect, it } from 'vitest';
import { readPpm } from '../../src/images/read-ppm.js';

const PIXELS = [1, 2, 3, 4, 5, 6, 10, 35, 80, 7, 8, 9];

function ppm(header: string, pixels: readonly number[] = PIXELS): Uint8Array {
  return Buffer.concat([Buffer.from(header, 'latin1'), Buffer.from(pixels)]);
}

describe('a binary PPM image', () => {
  it.each([
    ['as most programs write it', 'P6\n2 2\n255\n'],
    ['with comments', 'P6\n# made by hand\n2\t2 # small\n255\n'],
  ])('is read %s', (_, header) => {
    const { width, height, rgb } = readPpm(ppm(header), 'a.ppm');
    expect({ width, height, pixels: [...rgb] }).toEqual({ width: 2, height: 2, pixels: PIXELS });
  });

  it.each([
    ['text pixels', 'P3\n2 2\n255\n', PIXELS, 'it is not a binary PPM image'],
    ['two bytes a channel', 'P6\n2 2\n65535\n', PIXELS, 'it does not have one byte a channel'],
    ['a file that was cut', 'P6\n2 2\n255\n', PIXELS.slice(1), 'it ends before its last pixel'],
    ['more pixels than can be kept', 'P6\n99999999 9999999\n255\n', PIXELS, 'and the limit is'],
    ['no pixels', 'P6\n0 2\n255\n', [], 'has 0×2 pixels'],
  ])('is refused with %s', (_, header, pixels, reason) => {
    expect(() => readPpm(ppm(header, pixels), 'a.ppm')).toThrow(reason);
  });
});
