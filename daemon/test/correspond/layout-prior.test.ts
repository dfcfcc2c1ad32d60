import type { Point } from '@samepoint/shared-protocol';
import { describe, expect, it } from 'vitest';
import { exactScale, fitLayout, LAYOUT } from '../../src/correspond/layout-prior.js';
import { seededRandom } from '../support/random.js';

const SIDE = 1000;

const GRID = Array.from({ length: 100 }, (_, n) => ({ x: 50 + 100 * (n % 10), y: 50 + 100 * Math.floor(n / 10) }));
const placed = ({ x, y }: Point) => ({ x: 0.6 * x + 30, y: 0.75 * y - 12 });

/** Pairs laid out alike, but for the given share of points that are anywhere. */
function matches(wrong: number) {
  const random = seededRandom(3);
  return GRID.map((source, n) => ({
    source,
    target: n < wrong * GRID.length ? { x: SIDE * random(), y: SIDE * random() } : placed(source),
  }));
}

describe('the layout of the whole', () => {
  it('is found among a fifth of wrong matches, with another scale along each axis', () => {
    const { scale, offset, trust } = fitLayout(matches(0.2), SIDE, SIDE);
    expect(scale.x).toBeCloseTo(0.6, 1);
    expect(scale.y).toBeCloseTo(0.75, 1);
    expect(Math.abs(offset.x - 30)).toBeLessThan(15);
    expect(Math.abs(offset.y + 12)).toBeLessThan(15);
    expect(trust).toBe(1);
  });

  it.each([
    ['most matches are where no common placement has them', matches(0.9)],
    ['there are few matches', matches(0).slice(0, LAYOUT.minMatches - 1)],
    ['all are in one column', GRID.map(({ y }) => ({ source: { x: 5, y }, target: { x: 5, y } }))],
    ['it is mirrored', GRID.map((source) => ({ source, target: { x: SIDE - source.x, y: source.y } }))],
    ['there are none', []],
  ])('says nothing where %s', (_, list) => {
    expect(fitLayout(list, SIDE, SIDE).trust).toBe(0);
  });
});

describe('the scale of a place', () => {
  const layout = fitLayout(matches(0), SIDE, SIDE);
  const ofLayout = Math.sqrt(0.6 * 0.75);

  it('is that of the layout where it is about the same', () => {
    for (const scale of [0.6, ofLayout, 0.8]) expect(exactScale(layout, scale)).toBeCloseTo(ofLayout, 6);
  });

  it('is its own where it is another, or there is no common layout', () => {
    for (const scale of [0.5, 1]) expect(exactScale(layout, scale)).toBe(scale);
    expect(exactScale({ ...layout, trust: 0 }, 0.7)).toBe(0.7);
  });
});
