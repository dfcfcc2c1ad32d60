import { describe, expect, it } from 'vitest';
import { floatsToHalves, halvesToFloats } from '../../src/graph/weights/half.js';

describe('half precision', () => {
  it('every half survives a round trip', () => {
    const all = Uint16Array.from({ length: 2 ** 16 }, (_, bits) => bits);
    const back = floatsToHalves(halvesToFloats(all));
    const isNaNHalf = (bits: number) => (bits & 0x7c00) === 0x7c00 && (bits & 0x3ff) !== 0;
    expect([...all].filter((bits) => !isNaNHalf(bits) && back[bits] !== bits)).toEqual([]);
  });

  // the values of numpy.float32(x).astype(numpy.float16)
  it.each([
    [1, 0x3c00],
    [-2, 0xc000],
    [1 / 3, 0x3555],
    [1 + 2 ** -11, 0x3c00],
    [1 + 3 * 2 ** -11, 0x3c02],
    [65504, 0x7bff],
    [65519, 0x7bff],
    [65520, 0x7c00],
    [1e9, 0x7c00],
    [2 ** -14, 0x0400],
    [2 ** -24, 0x0001],
    [2 ** -25, 0x0000],
    [1.5 * 2 ** -24, 0x0002],
    [0.99999 * 2 ** -14, 0x0400],
  ])('%d rounds to the nearest half', (value, bits) => {
    expect(floatsToHalves(Float32Array.of(value))[0]).toBe(bits);
  });

  it('preserves NaN', () => {
    expect(halvesToFloats(floatsToHalves(Float32Array.of(Number.NaN, -Infinity)))).toEqual(
      Float32Array.of(Number.NaN, -Infinity),
    );
  });
});
