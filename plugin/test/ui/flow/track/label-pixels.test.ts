import sharp from 'sharp';
import { expect, test } from 'vitest';
import {
  colourNumber,
  labelColours,
  markLabel,
  placeOf,
  readPalette,
} from '../../../../src/ui/flow/track/label-pixels.js';

const WIDTH = 4;
const alpha = (...values: number[]) => new Uint8ClampedArray(values.flatMap((value) => [0, 0, 0, value]));

test('a pixel that a shape covers by half belongs to it, so that no pixel mixes labels', () => {
  const labels = new Uint8Array(4);
  expect(markLabel(labels, alpha(0, 127, 128, 255), 1, false)).toBe(2);
  expect([...labels]).toEqual([0, 0, 1, 1]);
  // a later region covers an earlier one
  expect(markLabel(labels, alpha(0, 0, 0, 255), 2, false)).toBe(1);
  expect([...labels]).toEqual([0, 0, 1, 2]);
});

test('a faint image counts by its most opaque pixel', () => {
  const labels = new Uint8Array(4);
  expect(markLabel(labels, alpha(0, 10, 40, 60), 1, true)).toBe(2);
});

test('the middle of a region is inside of it', () => {
  // a ring of 4 × 4 pixels around nothing
  const ring = Uint8Array.from([1, 1, 1, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 1, 1, 1]);
  const place = placeOf(ring, 1, WIDTH);
  expect(place?.box).toEqual({ x: 0, y: 0, w: 4, h: 4 });
  const { x = 0, y = 0 } = place?.centre ?? {};
  expect(ring[Math.floor(y) * WIDTH + Math.floor(x)]).toBe(1);
  expect(placeOf(ring, 2, WIDTH)).toBeNull();
});

test('all labels have colours of their own, none of them black or grey', () => {
  const colours = labelColours(32);
  expect(new Set(colours).size).toBe(32);
  for (const colour of colours) {
    const value = colourNumber(colour);
    const channels = [value >> 16, (value >> 8) & 0xff, value & 0xff];
    expect(Math.max(...channels) - Math.min(...channels)).toBe(255);
  }
});

test('the palette of an indexed image gives the colour of each index', async () => {
  const pixels = Uint8Array.from([0, 0, 0, 255, 0, 128, 1, 2, 3]);
  const image = sharp(pixels, { raw: { width: 3, height: 1, channels: 3 } });
  const palette = readPalette(new Uint8Array(await image.clone().png({ palette: true }).toBuffer()));
  expect(new Set(palette)).toEqual(new Set([0, 0xff0080, 0x010203]));
  expect(readPalette(new Uint8Array(await image.png().toBuffer()))).toEqual([]);
});
