import type { Box } from '@samepoint/shared-protocol';
import { describe, expect, it } from 'vitest';
import { elementGeometry, matchElements, withMargins } from '../../src/correspond/match-elements.js';
import { sampleFeatures } from '../../src/diffusion/feature-map.js';
import type { FeaturePyramid } from '../../src/diffusion/feature-pyramid.js';
import type { ElementLogits, Elements } from '../../src/diffusion/networks/element-network.js';
import { dot, randomMap } from '../support/random.js';

const BOXES = [
  { x: 8, y: 8, w: 40, h: 20 },
  { x: 8, y: 40, w: 40, h: 20 },
  { x: 60, y: 8, w: 30, h: 60 },
];

const CHANNELS = 32;
const TEMPERATURE = 0.05;

type Args = [FeaturePyramid, FeaturePyramid, typeof BOXES, typeof BOXES, boolean?];
const scoresOf = async (...args: Args) => (await matchElements(...args)).map(({ log }) => log);

/** A matcher that compares descriptors only. */
const elements = {
  async match(source: Elements, target: Elements): Promise<ElementLogits> {
    const descriptorsOf = ({ count, descriptors }: Elements) => {
      const channels = descriptors.length / count;
      return Array.from({ length: count }, (_, n) => [...descriptors.subarray(n * channels, (n + 1) * channels)]);
    };
    const others = descriptorsOf(target);
    const rows = descriptorsOf(source).map((one) =>
      Float32Array.from(others, (other) => dot(one, other) / TEMPERATURE),
    );
    const logits = (dustbin: Float32Array) => dustbin.map((similarity) => similarity / TEMPERATURE);
    return { rows, dustbin: logits(source.dustbin), otherDustbin: logits(target.dustbin) };
  },
};

/** @param toDustbin similarity of every descriptor to the dustbin */
function imageOf(seed: number, toDustbin = 0): FeaturePyramid {
  const levels = [randomMap(CHANNELS, 24, 28, seed)];
  const dustbin = { weight: new Float32Array(CHANNELS), bias: toDustbin };
  return { width: 112, height: 96, levels, baseLevel: 0, blank: false, dustbin, elements };
}

describe('the scores of elements', () => {
  it('are high for the same element only', async () => {
    const log = await scoresOf(imageOf(1), imageOf(1), BOXES, BOXES);
    for (const [n, row] of log.entries()) {
      for (const [m, value] of row.entries()) {
        if (n === m) expect(value).toBeGreaterThan(-0.1);
        else expect(value).toBeLessThan(-10);
      }
    }
  });

  it('are the product of a softmax over rows and over columns, each with the dustbin', async () => {
    const [source, target] = [imageOf(1, 0.1), imageOf(2, 0.1)];
    const none = Math.exp(0.1 / TEMPERATURE);
    const odds = BOXES.map((part) =>
      BOXES.map((other) => Math.exp(meanCosine(source, part, target, other) / TEMPERATURE)),
    );
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
    const log = await scoresOf(source, target, BOXES, BOXES);
    for (const [n, row] of log.entries()) {
      for (const [m, value] of row.entries()) {
        const own = odds[n]?.[m] ?? Number.NaN;
        const [across, down] = [sum(odds[n] ?? []) + none, sum(odds.map((line) => line[m] ?? 0)) + none];
        expect(value).toBeCloseTo(Math.log((own / across) * (own / down)), 3);
      }
    }
  });

  it('are low for all elements if the dustbin is more similar', async () => {
    const one = BOXES.slice(0, 1);
    const beside = async (none: number) => (await scoresOf(imageOf(1, none), imageOf(2, none), one, one))[0]?.[0];
    expect(await beside(-1)).toBeGreaterThan(-0.1);
    expect(await beside(1)).toBeLessThan(-10);
  });

  it('are computed on mirrored descriptors in a right-to-left layout', async () => {
    const [box] = BOXES;
    if (box === undefined) throw new Error('there is a box');
    const image = imageOf(1);
    const mirrored = { ...image, levels: image.levels.map(mirrorMap) };
    const there = { ...box, x: image.width - box.x - box.w };
    const decoy = BOXES.slice(1);
    const upright = (await scoresOf(image, mirrored, [box], [there, ...decoy], false))[0]?.[0] ?? 0;
    const rtl = (await scoresOf(image, mirrored, [box], [there, ...decoy], true))[0]?.[0] ?? 0;
    expect(rtl).toBeGreaterThan(-1e-3);
    expect(upright).toBeLessThan(rtl);
  });

  it('use the largest pyramid level, or the base level without multi-scale matching', async () => {
    const two = (seed: number): FeaturePyramid => {
      return { ...imageOf(seed), levels: [...imageOf(seed).levels, randomMap(CHANNELS, 24, 28, seed + 10)] };
    };
    const [source, target] = [two(1), two(2)];
    const first = await scoresOf(imageOf(1), imageOf(2), BOXES, BOXES);
    const at = async (multiScale: boolean) =>
      (await matchElements(source, target, BOXES, BOXES, false, { multiScale })).map(({ log }) => log);
    expect(await at(false)).toEqual(first);
    expect(await at(true)).toEqual(await scoresOf(imageOf(11), imageOf(12), BOXES, BOXES));
  });

  it('are NaN for elements outside the image, which do not affect the others', async () => {
    const [source, target] = [imageOf(1), imageOf(2)];
    const outside = { x: 200, y: 8, w: 20, h: 20 };
    const log = await scoresOf(source, target, [...BOXES, outside], [outside, ...BOXES]);
    expect(log.map((row) => row[0])).toEqual([Number.NaN, Number.NaN, Number.NaN, Number.NaN]);
    expect([...(log[3] ?? [])].every(Number.isNaN)).toBe(true);
    const inside = await scoresOf(source, target, BOXES, BOXES);
    expect(log.slice(0, 3).map((row) => [...row.slice(1)])).toEqual(inside.map((row) => [...row]));
    const fewer = await scoresOf(source, target, BOXES, BOXES.slice(0, 2));
    expect(fewer[0]?.[0]).toBeGreaterThan((inside[0]?.[0] ?? 0) + 0.05);
  });

  it('are computed from the geometry of the elements inside the image', async () => {
    const calls: Elements[][] = [];
    const spy = {
      match(...sides: [Elements, Elements]) {
        calls.push(sides);
        return elements.match(...sides);
      },
    };
    const outside = { x: 200, y: 8, w: 20, h: 20 };
    const image = { ...imageOf(1), elements: spy };
    await scoresOf(image, imageOf(2), [outside, ...BOXES], BOXES.slice(0, 2));
    const [[source, target] = []] = calls;
    expect(source?.geometry).toEqual(Float32Array.from(BOXES.flatMap((box) => elementGeometry(box, image))));
    expect([source?.count, target?.count]).toEqual([3, 2]);
  });

  it('are empty if an image is blank, or without an element matcher', async () => {
    expect(await scoresOf(imageOf(1), { ...imageOf(2), blank: true }, BOXES, BOXES)).toEqual([]);
    expect(await scoresOf({ ...imageOf(1), elements: undefined }, imageOf(2), BOXES, BOXES)).toEqual([]);
    expect(await scoresOf({ ...imageOf(1), dustbin: undefined }, imageOf(2), BOXES, BOXES)).toEqual([]);
  });
});

describe('the margin of an element', () => {
  const marginsOf = (log: readonly number[][]) =>
    withMargins(log.map((row) => Float32Array.from(row))).map(({ margin }) => [...margin]);

  it('is the difference to the best other element for the same target', () => {
    expect(
      marginsOf([
        [-1, -6],
        [-3, -2],
        [-8, -2],
      ]),
    ).toEqual([
      [2, -4],
      [-2, 0],
      [-7, 0],
    ]);
  });

  it('is NaN without other elements, and for elements outside', () => {
    expect(marginsOf([[-1, Number.NaN]])).toEqual([[Number.NaN, Number.NaN]]);
    expect(marginsOf([[Number.NaN], [-5]])).toEqual([[Number.NaN], [Number.NaN]]);
    expect(marginsOf([])).toEqual([]);
  });
});

/** Mean cosine over the centres, and the points a tenth from each side. */
function meanCosine(source: FeaturePyramid, part: Box, target: FeaturePyramid, other: Box): number {
  const places = [
    [0.5, 0.5],
    [0.1, 0.5],
    [0.9, 0.5],
    [0.5, 0.1],
    [0.5, 0.9],
  ] as const;
  const at = ({ levels: [map] }: FeaturePyramid, { x, y, w, h }: Box, [across, down]: readonly [number, number]) =>
    map === undefined ? [] : [...sampleFeatures(map, [{ x: x + across * w, y: y + down * h }])];
  const cosines = places.map((place) => dot(at(source, part, place), at(target, other, place)));
  return cosines.reduce((sum, cosine) => sum + cosine, 0) / places.length;
}

function mirrorMap(map: FeaturePyramid['levels'][number]) {
  const { channels, rows, columns } = map;
  const chw = new Float32Array(map.chw.length);
  for (let row = 0; row < channels * rows; row++)
    for (let x = 0; x < columns; x++) chw[row * columns + x] = map.chw[row * columns + columns - 1 - x] ?? 0;
  return { ...map, chw };
}
