import { describe, expect, it } from 'vitest';
import type { Candidate } from '../../src/correspond/candidates.js';
import { confidenceOf } from '../../src/correspond/confidence.js';
import { rankPlaces } from '../../src/correspond/places.js';

function candidate(x: number, y: number): Candidate {
  return { x, y, similarity: 0.9, cycleCells: 0, returns: true, scale: 1, levels: { source: 0, target: 0 } };
}

function node(candidates: readonly Candidate[], beliefs: readonly number[]) {
  return { x: 0, y: 0, candidates, beliefs, support: beliefs };
}

describe('candidates near each other are one place', () => {
  it('whose beliefs add up, so that it may beat one that alone is believed in more', () => {
    const places = rankPlaces(node([candidate(0, 0), candidate(100, 0), candidate(103, 0)], [0.4, 0.35, 0.25]), 10);
    expect(places.map(({ candidate: { x }, belief }) => [x, Math.round(belief * 100)])).toEqual([
      [100, 60],
      [0, 40],
    ]);
  });

  it('at the position of the one believed in most', () => {
    const places = rankPlaces(node([candidate(103, 0), candidate(100, 0)], [0.3, 0.7]), 10);
    expect(places.map(({ candidate: { x } }) => x)).toEqual([100]);
  });

  it('and no place is named twice', () => {
    const places = rankPlaces(
      node(
        [0, 5, 50, 55, 100].map((x) => candidate(x, 0)),
        [0.2, 0.2, 0.2, 0.2, 0.2],
      ),
      10,
    );
    expect(places).toHaveLength(3);
    expect(places.reduce((sum, { belief }) => sum + belief, 0)).toBeCloseTo(1, 9);
  });

  it('and where nothing was found there is none', () => {
    expect(rankPlaces(node([], []), 10)).toEqual([]);
  });
});

describe('the confidence of a match', () => {
  const signs = { similarity: 0.8, returns: true, belief: 0.9, support: 0.5 };

  it.each([
    ['similarity', { similarity: 0.6 }],
    ['a backward match', { returns: false }],
    ['belief', { belief: 0.5 }],
    ['support of neighbours', { support: 0.1 }],
  ])('falls with less %s', (_sign, less) => {
    expect(confidenceOf({ ...signs, ...less })).toBeLessThan(confidenceOf(signs));
  });

  it.each([
    [{ similarity: 1, returns: true, belief: 1, support: 1 }],
    [{ similarity: -1, returns: false, belief: 0, support: 0 }],
    [{ similarity: 1, returns: true, belief: 1, support: 0 }],
  ])('is a probability: %j', (extreme) => {
    expect(confidenceOf(extreme)).toBeGreaterThanOrEqual(0);
    expect(confidenceOf(extreme)).toBeLessThanOrEqual(1);
  });
});
