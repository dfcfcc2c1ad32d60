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

/** Side of a cell of the coarsest level, in pixels of the mockup: the precision to expect of a match. */
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

/** All points are matched to within `px`. */
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

describe('points are matched', () => {
  it('in the image itself, with high confidence', async () => {
    const points = [...LANDMARKS, ...rowPoints];
    const matches = await matchPoints(matcher, source, source, points);
    expectAt(matches, points, CELL_PX);
    for (const { confidence, scale } of matches) {
      expect(confidence).toBeGreaterThan(0.5);
      expect(confidence).toBeLessThanOrEqual(1);
      expect(scale).toBeCloseTo(1, 1);
    }
  });

  it('in a shifted copy, equal rows of a list by their surroundings', async () => {
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

  it('in a crop', async () => {
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
  it('gives the same matches as a new one, whatever the other points', async () => {
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

describe('without anything to match', () => {
  it('a blank target has no confidence, and positions inside it', async () => {
    const matches = await matchPoints(matcher, source, await pyramidOf(BLANK), LANDMARKS);
    for (const { point, confidence } of matches) {
      expect(confidence).toBe(0);
      expect(contains({ x: 0, y: 0, w: width, h: height }, point)).toBe(true);
    }
  });

  it('a blank source has no confidence', async () => {
    const matches = await matchPoints(matcher, await pyramidOf(BLANK), source, LANDMARKS);
    expect(matches.map(({ confidence }) => confidence)).toEqual(LANDMARKS.map(() => 0));
  });

  it('an image with only two rows of cells has no confidence as source or target', async () => {
    const squeezed = await pyramidOf(resizeRgb(SCREEN, { width: 2000, height: 20 }, 'lanczos'));
    expect(squeezed.levels.map(({ rows }) => rows)).toEqual([1, 2, 2]);
    const along = LANDMARKS.map(({ x, y }) => ({ x: (x * 2000) / width, y: (y * 20) / height }));
    for (const matches of [
      await matchPoints(matcher, source, squeezed, LANDMARKS),
      await matchPoints(matcher, squeezed, source, along),
    ])
      expect(matches.map(({ confidence }) => confidence)).toEqual(LANDMARKS.map(() => 0));
  });

  it('a target of 1 × 2000 pixels does not fail', async () => {
    const thread = await pyramidOf(draw(1, 2000));
    const matches = await matchPoints(matcher, source, thread, [
      { x: 0, y: 0 },
      { x: width, y: height },
    ]);
    expectNumbers(matches);
    for (const { point } of matches) expect(contains({ x: 0, y: 0, w: 1, h: 2000 }, point)).toBe(true);
  });
});

describe('unusual images', () => {
  it('of one pixel do not fail, and have no match', async () => {
    const dot = await pyramidOf(draw(1, 1, [], [9, 9, 9]));
    const matches = await matchPoints(matcher, dot, dot, [{ x: 0.5, y: 0.5 }]);
    expectNumbers(matches);
    expect(matches.map(({ confidence }) => confidence)).toEqual([0]);
  });

  it('of 2000 × 3 pixels match themselves', async () => {
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

  it('of a repeated texture have low confidence for wrong matches', async () => {
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

  it('unrelated to the source have low confidence', async () => {
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

describe('with coarse-to-fine refinement', () => {
  const settings = { ...DEFAULT_SETTINGS, coarseToFine: true };
  const matchWith = (from: FeaturePyramid, to: FeaturePyramid, points: readonly Point[]) =>
    matchPoints(matcher, from, to, points, settings);

  it.each([
    ['of one pixel', 1, 1],
    ['of 1 × 2000 pixels', 1, 2000],
    ['of 2000 × 3 pixels', 2000, 3],
  ])('images %s do not fail, as source or as target', async (_, w, h) => {
    const unusual = await pyramidOf(draw(w, h, [{ x: 0, y: 0, w, h: Math.ceil(h / 2), colour: INKS[1] }]));
    for (const to of [unusual, source]) {
      const matches = await matchWith(unusual, to, [
        { x: 0, y: 0 },
        { x: w, y: h },
      ]);
      expectNumbers(matches);
      for (const { point } of matches) expect(contains({ x: 0, y: 0, w: to.width, h: to.height }, point)).toBe(true);
    }
    const matches = await matchWith(source, unusual, LANDMARKS);
    for (const { point } of matches) expect(contains({ x: 0, y: 0, w, h }, point)).toBe(true);
  });

  it('blank images have no confidence', async () => {
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

  it('points are matched in a copy at one and a half times the size', async () => {
    const target = await pyramidOf(resizeRgb(SCREEN, { width: width * 1.5, height: height * 1.5 }, 'lanczos'));
    const expected = LANDMARKS.map(({ x, y }) => ({ x: x * 1.5, y: y * 1.5 }));
    expectAt(await matchWith(source, target, LANDMARKS), expected, 1.5 * CELL_PX);
  });

  it('an element that was moved elsewhere is found', async () => {
    const [button, label, ...rest] = mockup().reverse();
    if (button === undefined || label === undefined) invariant('nothing was found');
    const away = moved([label, button], -64, -46);
    const target = await pyramidOf(draw(width, height, [...rest.reverse(), ...away]));
    const at = { x: 228, y: 78 };
    expectAt(await matchWith(source, target, [at]), [{ x: at.x - 64, y: at.y - 46 }], 2 * CELL_PX);
  });
});

describe('inspecting a point', () => {
  it('returns the best match first, others apart from it, and a heatmap with its maximum there', async () => {
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

describe('a network with a dustbin', () => {
  it('has a margin of the similarity over the dustbin', async () => {
    const channels = source.levels[0]?.channels ?? 0;
    const dustbin = { weight: new Float32Array(channels), bias: 0.25 };
    const [match] = await matchPoints(matcher, { ...source, dustbin }, source, [
      LANDMARKS[0] ?? invariant('nothing was found'),
    ]);

    expect(match?.confidenceFeatures.margin).toBeCloseTo((match?.similarity ?? 0) - 0.25);
  });
});
