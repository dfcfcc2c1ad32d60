import type { Box } from '@samepoint/shared-protocol';
import { describe, expect, it } from 'vitest';
import type { RgbaImage } from '../../../src/images/decode.js';
import { editBox, pointsInEdit } from '../../../src/transfer/edits/edit-points.js';
import { prepareEdit, warpEdit } from '../../../src/transfer/edits/warp-edit.js';
import { contains, gap, grow } from '../../../src/transfer/transforms/boxes.js';

const SIZE = { width: 400, height: 200 };
const BOX: Box = { x: 150, y: 60, w: 100, h: 80 };

/** An image with the given alpha. */
function edit(alphaAt: (x: number, y: number) => number, { width, height } = SIZE): RgbaImage {
  const rgba = new Uint8Array(4 * width * height);
  for (let n = 0; n < width * height; n++) rgba[4 * n + 3] = alphaAt(n % width, Math.floor(n / width));
  return { width, height, rgba };
}

const RECTANGLE = edit((x, y) => (contains({ ...BOX, w: BOX.w - 1, h: BOX.h - 1 }, { x, y }) ? 255 : 0));

describe('an edit is sampled', () => {
  const { box, points } = prepareEdit(RECTANGLE, SIZE);

  it('at 400 points in it, 200 around it and 300 all over the image', () => {
    expect(box).toEqual(BOX);
    expect([points.own.length, points.near.length, points.wide.length]).toEqual([400, 200, 300]);
    expect(points.own.every((point) => contains(BOX, point))).toBe(true);
  });

  it('around it to a tenth of the longer side of the image', () => {
    const distances = points.near.map(({ x, y }) => gap(BOX, { x, y, w: 0, h: 0 }));
    expect(points.near.every((point) => contains(grow(BOX, 40), point))).toBe(true);
    expect(Math.max(...distances)).toBeGreaterThan(30);
    expect(Math.min(...distances)).toBeGreaterThan(0);
  });

  it('with at most 50 tries a point, so a thin edit gets few', () => {
    const thin = edit((x, y) => (x === y ? 255 : 0), { width: 1000, height: 1000 });
    const found = pointsInEdit(thin, { x: 0, y: 0, w: 1000, h: 1000 }, 20);
    expect(found.length).toBeLessThan(5);
  });
});

it.each([
  [7, null],
  [8, { x: 3, y: 5, w: 1, h: 1 }],
])('a pixel with an alpha of %i has the edit box %j', (alpha, box) => {
  expect(editBox(edit((x, y) => (x === 3 && y === 5 ? alpha : 0)))).toEqual(box);
});

it.each([
  [0.09, 'Only 0 of 600 points in and around the edit were found in the target.'],
  [0.13, 'agree on one transform, but its confidence'],
])('matches with a confidence of %d give the reason "%s"', async (confidence, reason) => {
  const match = { similarity: 1, confidence, scale: 1, mirrored: false, cycleConsistent: true };
  const warped = await warpEdit(
    prepareEdit(RECTANGLE, SIZE),
    SIZE,
    SIZE,
    async (points) => points.map((point) => ({ ...match, point })),
    {},
  );
  expect(warped).toMatchObject({ ok: false, reason: expect.stringContaining(reason) });
});
