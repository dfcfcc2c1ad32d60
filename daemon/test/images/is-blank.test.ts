import { describe, expect, it } from 'vitest';
import { isBlank } from '../../src/images/is-blank.js';

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
