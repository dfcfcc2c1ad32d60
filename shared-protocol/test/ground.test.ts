import { describe, expect, it } from 'vitest';
import { groundOf } from '../src/ground.js';

type Rgba = readonly [number, number, number, number];

const LIGHT: Rgba = [250, 250, 250, 255];
const DARK: Rgba = [20, 20, 30, 255];

/** A hundred pixels, of which the given number have the colour and the rest are clear. */
function pixels(colour: Rgba, count: number): Uint8Array {
  return Uint8Array.from({ length: 400 }, (_, at) => (at / 4 < count ? (colour[at % 4] ?? 0) : 0));
}

const [BLACK, WHITE] = ['#000000', '#ffffff'];

describe('the ground of an image', () => {
  it.each([
    ['black under light content', pixels(LIGHT, 20), BLACK],
    ['white under dark content', pixels(DARK, 20), WHITE],
    ['white if light content covers half, like a screen with rounded corners', pixels(LIGHT, 50), WHITE],
    ['white if nothing is visible', pixels(LIGHT, 0), WHITE],
    ['white without pixels', new Uint8Array(), WHITE],
  ])('is %s', (_name, rgba, expected) => {
    expect(groundOf(rgba)).toBe(expected);
    expect(groundOf(new Uint8ClampedArray(rgba))).toBe(expected);
  });
});

describe('the ground of images that are compared', () => {
  it('is that of the one without a ground of its own', () => {
    for (const other of [pixels(LIGHT, 60), pixels(DARK, 60), pixels(LIGHT, 100)]) {
      expect(groundOf(pixels(LIGHT, 20), other)).toBe(BLACK);
      expect(groundOf(other, pixels(LIGHT, 20))).toBe(BLACK);
    }
  });

  it('is by the content of all that have none', () => {
    expect(groundOf(pixels(LIGHT, 20), pixels(DARK, 10))).toBe(BLACK);
    expect(groundOf(pixels(LIGHT, 10), pixels(DARK, 20))).toBe(WHITE);
  });
});
