import { describe, expect, it } from 'vitest';
import { Matcher } from '../../src/correspond/matcher.js';
import { resemblances } from '../../src/correspond/resemblances.js';
import type { FeaturePyramid } from '../../src/diffusion/feature-pyramid.js';
import { randomMap } from '../support/feature-maps.js';

const BOXES = [
  { x: 8, y: 8, w: 40, h: 20 },
  { x: 8, y: 40, w: 40, h: 20 },
  { x: 60, y: 8, w: 30, h: 60 },
];

const matcher = new Matcher();
const alike = (...[source, target, parts, others, exchanged]: Args) =>
  resemblances(matcher, source, target, parts, others, exchanged);
type Args = [FeaturePyramid, FeaturePyramid, typeof BOXES, typeof BOXES, boolean?];

function seen(seed: number, noCounterpart?: FeaturePyramid['noCounterpart']): FeaturePyramid {
  const levels = [randomMap(32, 24, 28, seed)];
  return { width: 112, height: 96, levels, firstLook: 0, blank: false, noCounterpart };
}

/** Every column is as similar to "no counterpart" as that. */
const bin = (bias: number) => ({ weight: new Float32Array(32), bias });

describe('parts of an image', () => {
  it('resemble themselves, and nothing else', async () => {
    const log = await alike(seen(1), seen(1), BOXES, BOXES);
    for (const [n, row] of log.entries()) {
      for (const [m, value] of row.entries()) {
        if (n === m) expect(value).toBeGreaterThan(-0.1);
        else expect(value).toBeLessThan(-10);
      }
    }
  });

  it('are as many probabilities as boxes: each of a row shared out among all and none, times each of a column', async () => {
    const [pair, turned] = [
      await alike(seen(1), seen(2), BOXES, BOXES.slice(1)),
      await alike(seen(2), seen(1), BOXES.slice(1), BOXES),
    ];
    for (const [n, row] of pair.entries()) {
      expect(row).toHaveLength(2);
      for (const [m, value] of row.entries()) {
        expect(value).toBeLessThanOrEqual(0);
        expect(value).toBeCloseTo(turned[m]?.[n] ?? Number.NaN, 4);
      }
    }
    // alone with one other and nothing learned of "none", there is no choice
    const [only] = await alike(seen(1), seen(2), BOXES.slice(0, 1), BOXES.slice(0, 1));
    expect(only?.[0]).toBeCloseTo(0);
  });

  it('resemble nothing where "no counterpart" is more similar', async () => {
    const one = BOXES.slice(0, 1);
    const beside = async (bias: number) => (await alike(seen(1, bin(bias)), seen(2, bin(bias)), one, one))[0]?.[0];
    expect(await beside(-1)).toBeGreaterThan(-0.1);
    expect(await beside(1)).toBeLessThan(-10);
  });

  it('are looked at the other way round where the sides are exchanged', async () => {
    const [box] = BOXES;
    if (box === undefined) throw new Error('there is a box');
    const image = seen(1);
    const mirrored = { ...image, levels: image.levels.map(mirrorMap) };
    const there = { ...box, x: image.width - box.x - box.w };
    const decoy = BOXES.slice(1);
    const kept = (await alike(image, mirrored, [box], [there, ...decoy], false))[0]?.[0] ?? 0;
    const exchanged = (await alike(image, mirrored, [box], [there, ...decoy], true))[0]?.[0] ?? 0;
    expect(exchanged).toBeGreaterThan(-1e-3);
    expect(kept).toBeLessThan(exchanged);
  });

  it('outside of the image are not known, and leave the others as they are', async () => {
    const outside = { x: 200, y: 8, w: 20, h: 20 };
    const log = await alike(seen(1), seen(1), [...BOXES, outside], [outside, ...BOXES]);
    expect(log.map((row) => row[0])).toEqual([Number.NaN, Number.NaN, Number.NaN, Number.NaN]);
    expect([...(log[3] ?? [])].every(Number.isNaN)).toBe(true);
    expect(log[1]?.[2]).toBeCloseTo((await alike(seen(1), seen(1), BOXES, BOXES))[1]?.[1] ?? Number.NaN, 4);
  });

  it('say nothing where the image does not', async () => {
    expect(await alike(seen(1), { ...seen(2), blank: true }, BOXES, BOXES)).toEqual([]);
  });
});

function mirrorMap(map: FeaturePyramid['levels'][number]) {
  const { channels, rows, columns } = map;
  const chw = new Float32Array(map.chw.length);
  for (let row = 0; row < channels * rows; row++)
    for (let x = 0; x < columns; x++) chw[row * columns + x] = map.chw[row * columns + columns - 1 - x] ?? 0;
  return { ...map, chw };
}
