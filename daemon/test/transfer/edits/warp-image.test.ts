import type { Homography } from '@samepoint/shared-protocol';
import { describe, expect, it } from 'vitest';
import type { RgbaImage } from '../../../src/images/decode.js';
import { blendOver } from '../../../src/images/pixels.js';
import { editBox, pointsInEdit } from '../../../src/transfer/edits/edit-points.js';
import { warpImage } from '../../../src/transfer/edits/warp-image.js';
import { BUSY_IMAGE, disc } from '../../support/busy-image.js';
import { draw, pixel, WHITE } from '../../support/draw.js';

const TARGET = { width: 300, height: 200 };

function pixelOf({ width, rgba }: RgbaImage, x: number, y: number): number[] {
  return [...rgba.subarray((y * width + x) * 4, (y * width + x) * 4 + 4)];
}

/** A 20×10 block at (40, 30). */
function block(): RgbaImage {
  const { width, height } = BUSY_IMAGE;
  const rgba = new Uint8Array(width * height * 4);
  for (let y = 30; y < 40; y++) for (let x = 40; x < 60; x++) rgba.set([200, 10, 90, 255], (y * width + x) * 4);
  return { width, height, rgba };
}

async function warped(source: RgbaImage, h: Homography, target = TARGET) {
  const box = editBox(source);
  const placed = box === null ? null : await warpImage(source, box, h, target);
  if (placed === null) throw new Error('nothing landed');
  const { box: landed, image } = placed;
  return { landed, image, at: (x: number, y: number) => pixelOf(image, x - landed.x, y - landed.y) };
}

describe('an edit is warped', () => {
  it('by whole pixels without changing any', async () => {
    const { at, landed } = await warped(block(), [1, 0, 7, 0, 1, -5, 0, 0, 1]);
    expect(landed).toEqual({ x: 46, y: 24, w: 22, h: 12 });
    for (const [x, y] of [
      [47, 25],
      [66, 34],
      [50, 30],
    ] as const)
      expect(at(x, y)).toEqual([200, 10, 90, 255]);
    for (const [x, y] of [
      [46, 25],
      [67, 34],
      [50, 24],
      [50, 35],
    ] as const)
      expect(at(x, y)[3]).toBe(0);
  });

  it('by half a pixel, with half transparent edges', async () => {
    const { at } = await warped(block(), [1, 0, 0.5, 0, 1, 0, 0, 0, 1]);
    expect(at(40, 35)).toEqual([200, 10, 90, 127]);
    expect(at(60, 35)).toEqual([200, 10, 90, 127]);
  });

  it('to half its size without losing its thin parts', async () => {
    const { width, height } = BUSY_IMAGE;
    const rgba = new Uint8Array(width * height * 4);
    for (let y = 0; y < 80; y++) for (let x = 0; x < 80; x += 4) rgba.set([0, 0, 0, 255], (y * width + x) * 4);
    const { at } = await warped({ width, height, rgba }, [0.25, 0, 20, 0, 0.25, 20, 0, 0, 1]);
    for (const x of [23, 28, 33]) expect(at(x, 30)[3]).toBeGreaterThan(40);
    for (const x of [23, 28, 33]) expect(at(x, 30)[3]).toBeLessThan(90);
  });

  it('without the colour of transparent pixels at its edge', async () => {
    const edit = disc({ x: 100, y: 60 }, 40);
    const { image } = await warped(edit, [0.9, -0.3, 60, 0.3, 0.9, -10, 1e-4, 0, 1]);
    const edge = Array.from({ length: image.rgba.length / 4 }, (_, n) => [...image.rgba.subarray(4 * n, 4 * n + 4)]);
    const faint = edge.filter(([, , , alpha = 0]) => alpha > 0 && alpha < 250);
    expect(faint.length).toBeGreaterThan(50);
    for (const [red = 0, green = 0, blue = 0] of faint)
      expect([Math.abs(red - 230), Math.abs(green - 20), Math.abs(blue - 40)].every((off) => off <= 1)).toBe(true);
  });

  it('and cut off at the border of the target', async () => {
    const { landed, image } = await warped(block(), [1, 0, 250, 0, 1, 0, 0, 0, 1]);
    expect(landed).toEqual({ x: 289, y: 29, w: 11, h: 12 });
    expect(image.rgba).toHaveLength(11 * 12 * 4);
  });

  it('to null outside the target', async () => {
    const edit = block();
    expect(await warpImage(edit, { x: 40, y: 30, w: 20, h: 10 }, [1, 0, 900, 0, 1, 0, 0, 0, 1], TARGET)).toBeNull();
  });
});

describe('an image too large for WebAssembly', () => {
  it('is reported before any work', async () => {
    const side = 8000;
    const unread = { width: side, height: side, rgba: new Uint8Array() };
    const whole = { x: 0, y: 0, w: side, h: side };
    const run = warpImage(unread, whole, [1, 0, 0, 0, 1, 0, 0, 0, 1], { width: side, height: side }).catch(String);
    expect(await run).toContain('Warping an image to 8000×8000 pixels takes too much memory.');
  });
});

describe('over the target', () => {
  it('opaque pixels replace, half transparent pixels blend, transparent pixels keep the background', () => {
    const layer = { width: 3, height: 1, rgba: Uint8Array.from([9, 8, 7, 255, 255, 0, 0, 128, 0, 0, 0, 0]) };
    const { width, height, rgba } = blendOver(draw(5, 2), layer, { x: 1, y: 1 });
    const rgb = rgba.filter((_, n) => n % 4 !== 3);
    expect(rgba.filter((_, n) => n % 4 === 3).every((alpha) => alpha === 255)).toBe(true);
    expect([0, 1, 2, 3].map((x) => pixel({ width, height, rgb }, x, 1))).toEqual([
      WHITE,
      [9, 8, 7],
      [255, 127, 127],
      WHITE,
    ]);
  });
});

describe('the points of an edit', () => {
  it('lie in it, spread evenly, the same in every run', () => {
    const edit = disc({ x: 200, y: 60 }, 50);
    const box = editBox(edit);
    if (box === null) throw new Error('the disc is there');
    const points = pointsInEdit(edit, box, 400);
    expect(points).toHaveLength(400);
    expect(points).toEqual(pointsInEdit(edit, box, 400));
    expect(points.every(({ x, y }) => Math.hypot(x - 200, y - 60) < 51)).toBe(true);
    const quarter = points.filter(({ x, y }) => x > 200 && y > 60).length;
    expect(quarter).toBeGreaterThan(92);
    expect(quarter).toBeLessThan(108);
  });

  it('exclude transparent pixels', () => {
    expect(editBox({ width: 4, height: 4, rgba: new Uint8Array(64) })).toBeNull();
  });
});
