import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { keypointFiles, keypointsOf, readKeypointFile } from '../../../src/eval/datasets/keypoint-files.js';
import { detectCorners } from '../../../src/eval/matching/detect-corners.js';
import { draw } from '../../support/draw.js';
import { useTempFolder } from '../../support/temp-folder.js';

const fixture = (name: string) => fileURLToPath(new URL(`../../fixtures/keypoints/${name}`, import.meta.url));
const folder = useTempFolder();

function written(name: string, text: string): string {
  writeFileSync(folder.path(name), text);
  return folder.path(name);
}

describe('keypoint files', () => {
  const POINTS = [
    { x: 10.5, y: 20 },
    { x: 3, y: 4.25 },
  ];

  it.each([
    ['text, as numpy.loadtxt reads it', () => written('a.kp', '1.05e+01 2.0e+01\n3 4.25\n')],
    ['JSON', () => written('a.json', '[[10.5,20],[3,4.25]]')],
    ['NPY', () => fixture('keypoints.npy')],
    ['NPZ', () => fixture('superpoint.npz')],
  ])('may be %s', async (_, path) => {
    expect(await readKeypointFile(path())).toEqual(POINTS);
  });

  it.each([
    ['text of names', () => written('b.kp', 'nose 3'), 'row 1 does not start with two numbers'],
    ['JSON of objects', () => written('b.json', '[{"x":1,"y":2}]'), 'it is not a list of [x, y]'],
    ['an NPZ that is none', () => written('b.npz', 'PK'), 'b.npz cannot be used'],
  ])('are refused with a message: %s', async (_, path, message) => {
    await expect(readKeypointFile(path())).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      message: expect.stringContaining(message),
    });
  });

  it('are found in one folder or in a folder for each sequence; a missing one is named', () => {
    const given = folder.path('given');
    mkdirSync(`${given}/i_b`, { recursive: true });
    writeFileSync(`${given}/i_a-1.kp`, '1 2');
    writeFileSync(`${given}/i_b/2.npy`, '');
    expect(keypointFiles({ folder: given }, 'i_a', 1)).toEqual([`${given}/i_a-1.kp`]);
    expect(keypointFiles({ folder: given }, 'i_b', 2)).toEqual([`${given}/i_b/2.npy`]);
    expect(() => keypointFiles({ folder: given }, 'i_b', 3)).toThrow('no keypoints for image 3 of i_b');
  });

  it('are unique and sorted by x, like the official code', async () => {
    const given = folder.path('sorted');
    mkdirSync(given);
    writeFileSync(`${given}/v_a-1.kp`, '5 1\n2 9\n5 1\n2 3\n');
    expect(await keypointsOf({ folder: given }, 'v_a', 1, 'none.ppm', 9)).toEqual([
      { x: 2, y: 3 },
      { x: 2, y: 9 },
      { x: 5, y: 1 },
    ]);
  });
});

describe('corner detection', () => {
  const rect = { x: 20, y: 30, w: 40, h: 20, colour: [0, 0, 0] } as const;

  it('finds the corners of a rectangle, to a pixel', async () => {
    const found = await detectCorners(draw(100, 80, [rect]), 4);
    const sorted = found.sort((a, b) => a.y - b.y || a.x - b.x);
    const expected = [
      [20, 30],
      [59, 30],
      [20, 49],
      [59, 49],
    ];
    expect(sorted).toHaveLength(4);
    for (const [n, { x, y }] of sorted.entries()) {
      expect(Math.hypot(x - (expected[n]?.[0] ?? 0), y - (expected[n]?.[1] ?? 0))).toBeLessThan(1.5);
    }
  });

  it('finds none in a blank image, and at most the requested number', async () => {
    expect(await detectCorners(draw(60, 60), 100)).toEqual([]);
    expect(await detectCorners(draw(100, 80, [rect]), 2)).toHaveLength(2);
  });
});
