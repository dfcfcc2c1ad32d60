import type { Point } from '@samepoint/shared-protocol';
import { beforeAll, describe, expect, it } from 'vitest';
import { toHeatmap } from '../../src/correspond/heatmap.js';
import { inspectPoint, type Match, matchPoints } from '../../src/correspond/match-points.js';
import { DEFAULT_SETTINGS } from '../../src/correspond/match-settings.js';
import { Matcher } from '../../src/correspond/matcher.js';
import { preparePair } from '../../src/correspond/neighbourhood-consensus.js';
import type { FeaturePyramid } from '../../src/diffusion/feature-pyramid.js';
import { FeatureSource } from '../../src/diffusion/feature-source.js';
import { planFeatures } from '../../src/diffusion/plan/feature-plan.js';
import type { RgbImage } from '../../src/images/decode.js';
import { resizeRgb } from '../../src/images/resize.js';
import { invariant } from '../../src/invariant.js';
import { contains } from '../../src/transfer/transforms/boxes.js';
import { draw, moved } from '../support/draw.js';
import { LANDMARKS, MOCKUP, mockup, ROWS } from '../support/screens.js';

/** Pixels of the mockup in a cell of the coarsest level: no match can be told to be nearer than that for sure. */
const CELL_PX = (4 * MOCKUP.width) / 384;

const { width, height } = MOCKUP;
const SCREEN = draw(width, height, mockup());
const BLANK = draw(width, height);

const INKS = [
  [30, 30, 30],
  [200, 40, 40],
  [40, 40, 200],
] as const;

const matcher = new Matcher();
const features = new FeatureSource();
let count = 0;
let source: FeaturePyramid;

const pyramidOf = (image: RgbImage) =>
  features.pyramid(String(count++), async () => image, planFeatures({ backend: 'ui' }));

beforeAll(async () => {
  source = await pyramidOf(SCREEN);
});

function distance(match: Match | undefined, { x, y }: Point): number {
  return match === undefined ? Number.POSITIVE_INFINITY : Math.hypot(match.point.x - x, match.point.y - y);
}

/** All points land where they belong, to within `px`. */
function expectAt(matches: readonly Match[], expected: readonly Point[], px: number): void {
  expect(matches).toHaveLength(expected.length);
  for (const [n, point] of expected.entries())
    expect(distance(matches[n], point), JSON.stringify(point)).toBeLessThan(px);
}

function expectNumbers(matches: readonly Match[]): void {
  for (const { point, confidence } of matches) {
    expect(Number.isFinite(point.x) && Number.isFinite(point.y)).toBe(true);
    expect(confidence).toBeGreaterThanOrEqual(0);
    expect(confidence).toBeLessThanOrEqual(1);
  }
}

const rowPoints = ROWS.flatMap(({ x, y }) => [
  { x: x + 9, y: y + 9 },
  { x: x + 50, y: y + 6 },
]);

describe('points are found', () => {
  it('in the image itself: where they are, and for sure', async () => {
    const points = [...LANDMARKS, ...rowPoints];
    const matches = await matchPoints(matcher, source, source, points);
    expectAt(matches, points, CELL_PX);
    for (const { confidence, scale } of matches) {
      expect(confidence).toBeGreaterThan(0.5);
      expect(confidence).toBeLessThanOrEqual(1);
      expect(scale).toBeCloseTo(1, 1);
    }
  });

  it('in a copy that was moved, equal rows of a list by what surrounds them', async () => {
    const shift = { x: 12, y: 6 };
    const target = await pyramidOf(draw(width + 12, height + 6, moved(mockup(), shift.x, shift.y)));
    const points = [...LANDMARKS, ...rowPoints];
    const matches = await matchPoints(matcher, source, target, points);
    expectAt(
      matches,
      points.map(({ x, y }) => ({ x: x + shift.x, y: y + shift.y })),
      2 * CELL_PX,
    );
  });

  it('in a copy at one and a half times the size', async () => {
    const target = await pyramidOf(resizeRgb(SCREEN, { width: width * 1.5, height: height * 1.5 }, 'lanczos'));
    const matches = await matchPoints(matcher, source, target, LANDMARKS);
    expectAt(
      matches,
      LANDMARKS.map(({ x, y }) => ({ x: x * 1.5, y: y * 1.5 })),
      1.5 * CELL_PX,
    );
    for (const { scale } of matches) expect(scale).toBeCloseTo(1.5, 1);
  });

  it('in a part that was cut out', async () => {
    const [left, top] = [48, 16];
    const target = await pyramidOf(draw(width - left, height - top, moved(mockup(), -left, -top)));
    const points = LANDMARKS.filter(({ x, y }) => x > left + 20 && y > top + 10);
    const matches = await matchPoints(matcher, source, target, points);
    expectAt(
      matches,
      points.map(({ x, y }) => ({ x: x - left, y: y - top })),
      2 * CELL_PX,
    );
  });
});

describe('a prepared pair', () => {
  it('answers as if it had been prepared anew, whatever else is asked', async () => {
    const target = await pyramidOf(draw(width + 12, height + 6, moved(mockup(), 12, 6)));
    const prepared = await preparePair(matcher, source, target, DEFAULT_SETTINGS);
    const fresh = await matchPoints(matcher, source, target, [...LANDMARKS, ...rowPoints]);
    for (const [n, point] of LANDMARKS.entries()) {
      const [alone] = await matchPoints(matcher, source, target, [point], DEFAULT_SETTINGS, prepared);
      expectAt([alone ?? invariant('nothing was found')], [fresh[n]?.point ?? invariant('nothing was found')], 0.01);
      expect(alone?.confidence).toBeCloseTo(fresh[n]?.confidence ?? -1, 4);
    }
  });

  it('holds no feature maps', async () => {
    const prepared = await preparePair(matcher, source, source, DEFAULT_SETTINGS);
    expect(JSON.stringify(prepared).length).toBeLessThan(400_000);
  });
});

describe('where there is nothing to find', () => {
  it('a blank target gets no confidence, and no place outside it', async () => {
    const matches = await matchPoints(matcher, source, await pyramidOf(BLANK), LANDMARKS);
    for (const { point, confidence } of matches) {
      expect(confidence).toBe(0);
      expect(contains({ x: 0, y: 0, w: width, h: height }, point)).toBe(true);
    }
  });

  it('a blank source gets no confidence', async () => {
    const matches = await matchPoints(matcher, await pyramidOf(BLANK), source, LANDMARKS);
    expect(matches.map(({ confidence }) => confidence)).toEqual(LANDMARKS.map(() => 0));
  });

  it('an image squeezed until it is two rows of cells gets no confidence, nor gives any', async () => {
    const squeezed = await pyramidOf(resizeRgb(SCREEN, { width: 2000, height: 20 }, 'lanczos'));
    expect(squeezed.levels.map(({ rows }) => rows)).toEqual([1, 2, 2]);
    const along = LANDMARKS.map(({ x, y }) => ({ x: (x * 2000) / width, y: (y * 20) / height }));
    for (const matches of [
      await matchPoints(matcher, source, squeezed, LANDMARKS),
      await matchPoints(matcher, squeezed, source, along),
    ])
      expect(matches.map(({ confidence }) => confidence)).toEqual(LANDMARKS.map(() => 0));
  });

  it('a target of one pixel by two thousand is no reason to fail', async () => {
    const thread = await pyramidOf(draw(1, 2000));
    const matches = await matchPoints(matcher, source, thread, [
      { x: 0, y: 0 },
      { x: width, y: height },
    ]);
    expectNumbers(matches);
    for (const { point } of matches) expect(contains({ x: 0, y: 0, w: 1, h: 2000 }, point)).toBe(true);
  });
});

describe('strange images', () => {
  it('of one pixel are no reason to fail, and nothing is found', async () => {
    const dot = await pyramidOf(draw(1, 1, [], [9, 9, 9]));
    const matches = await matchPoints(matcher, dot, dot, [{ x: 0.5, y: 0.5 }]);
    expectNumbers(matches);
    expect(matches.map(({ confidence }) => confidence)).toEqual([0]);
  });

  it('of two thousand by three pixels are found in themselves', async () => {
    const rects = [40, 300, 420, 900, 1310, 1700].map((x, n) => ({
      x,
      y: n % 2,
      w: 60 + 30 * n,
      h: 2,
      colour: INKS[n % 3] ?? INKS[0],
    }));
    const strip = await pyramidOf(draw(2000, 3, rects));
    const points = rects.map(({ x }) => ({ x, y: 1 }));
    const matches = await matchPoints(matcher, strip, strip, points);
    expectNumbers(matches);
    for (const [n, { x }] of points.entries())
      expect(Math.abs((matches[n]?.point.x ?? 0) - x)).toBeLessThan((4 * 2000) / 384);
  });

  it('of one texture are sure of nothing that is wrong', async () => {
    const tiles = Array.from({ length: 12 * 36 }, (_, n) => ({
      x: (n % 36) * 8,
      y: Math.floor(n / 36) * 8,
      w: 4,
      h: 4,
      colour: INKS[0],
    }));
    const texture = await pyramidOf(draw(width, height, tiles));
    const matches = await matchPoints(matcher, texture, texture, LANDMARKS);
    expectNumbers(matches);
    for (const [n, point] of LANDMARKS.entries()) {
      if (distance(matches[n], point) > 2 * CELL_PX) expect(matches[n]?.confidence).toBeLessThan(0.5);
    }
  });

  it('that have nothing of the source get little confidence', async () => {
    const stripes = Array.from({ length: 12 }, (_, n) => ({
      x: n * 24,
      y: 0,
      w: 9,
      h: height,
      colour: [90, 20 * n, 120] as const,
    }));
    const matches = await matchPoints(matcher, source, await pyramidOf(draw(width, height, stripes)), LANDMARKS);
    for (const { confidence } of matches) expect(confidence).toBeLessThan(0.3);
  });
});

describe('with the parts that are out by default', () => {
  const settings = { ...DEFAULT_SETTINGS, coarseToFine: true };
  const matchWith = (from: FeaturePyramid, to: FeaturePyramid, points: readonly Point[]) =>
    matchPoints(matcher, from, to, points, settings);

  it.each([
    ['of one pixel', 1, 1],
    ['of one pixel by two thousand', 1, 2000],
    ['of two thousand pixels by three', 2000, 3],
  ])('images %s are no reason to fail, as source or as target', async (_, w, h) => {
    const strange = await pyramidOf(draw(w, h, [{ x: 0, y: 0, w, h: Math.ceil(h / 2), colour: INKS[1] }]));
    for (const to of [strange, source]) {
      const matches = await matchWith(strange, to, [
        { x: 0, y: 0 },
        { x: w, y: h },
      ]);
      expectNumbers(matches);
      for (const { point } of matches) expect(contains({ x: 0, y: 0, w: to.width, h: to.height }, point)).toBe(true);
    }
    const matches = await matchWith(source, strange, LANDMARKS);
    for (const { point } of matches) expect(contains({ x: 0, y: 0, w, h }, point)).toBe(true);
  });

  it('blank images get no confidence', async () => {
    const blank = await pyramidOf(BLANK);
    for (const [from, to] of [
      [source, blank],
      [blank, source],
    ] as const) {
      const matches = await matchWith(from, to, LANDMARKS);
      expectNumbers(matches);
      expect(matches.map(({ confidence }) => confidence)).toEqual(LANDMARKS.map(() => 0));
    }
  });

  it('points are found in a copy at one and a half times the size', async () => {
    const target = await pyramidOf(resizeRgb(SCREEN, { width: width * 1.5, height: height * 1.5 }, 'lanczos'));
    const expected = LANDMARKS.map(({ x, y }) => ({ x: x * 1.5, y: y * 1.5 }));
    expectAt(await matchWith(source, target, LANDMARKS), expected, 1.5 * CELL_PX);
  });

  it('finds an element that was moved elsewhere', async () => {
    const [button, label, ...rest] = mockup().reverse();
    if (button === undefined || label === undefined) invariant('nothing was found');
    const away = moved([label, button], -64, -46);
    const target = await pyramidOf(draw(width, height, [...rest.reverse(), ...away]));
    const at = { x: 228, y: 78 };
    expectAt(await matchWith(source, target, [at]), [{ x: at.x - 64, y: at.y - 46 }], 2 * CELL_PX);
  });
});

describe('inspecting a point', () => {
  it('gives the best place first, others apart from it, and a heatmap that is brightest there', async () => {
    const [point = { x: 0, y: 0 }] = rowPoints;
    const { matches, similarity } = await inspectPoint(matcher, source, source, point, 5);
    const heatmap = toHeatmap(similarity);
    expect(matches.length).toBeGreaterThan(1);
    expect(matches.length).toBeLessThanOrEqual(5);
    expect(distance(matches[0], point)).toBeLessThan(CELL_PX);
    expect(heatmap.cells).toHaveLength(heatmap.width * heatmap.height);
    const brightest = heatmap.cells.indexOf(255);
    const at = {
      x: (((brightest % heatmap.width) + 0.5) * width) / heatmap.width,
      y: ((Math.floor(brightest / heatmap.width) + 0.5) * height) / heatmap.height,
    };
    expect(distance(matches[0], at)).toBeLessThan(2 * CELL_PX);
  });
});

describe('a network that has learned of points without counterpart', () => {
  it('says by how much a place is more similar than "none"', async () => {
    const channels = source.levels[0]?.channels ?? 0;
    const dustbin = { weight: new Float32Array(channels), bias: 0.25 };
    const [match] = await matchPoints(matcher, { ...source, dustbin }, source, [
      LANDMARKS[0] ?? invariant('nothing was found'),
    ]);

    expect(match?.confidenceFeatures.margin).toBeCloseTo((match?.similarity ?? 0) - 0.25);
  });
});
