import type { Point } from '@samepoint/shared-protocol';
import { describe, expect, it, vi } from 'vitest';
import { findCandidates, isUnmatchable, rankCandidates, suppressNeighbours } from '../../src/correspond/candidates.js';
import { inspectPoint } from '../../src/correspond/match-points.js';
import { DEFAULT_SETTINGS } from '../../src/correspond/match-settings.js';
import { Matcher, type Peak } from '../../src/correspond/matcher.js';
import { similarityField, syntheticPyramid } from '../support/synthetic-map.js';

/** A matcher with given peaks, by direction; positions are in pixels. */
function matcherOf(forward: readonly Point[], backward: readonly Point[]) {
  const matcher = new Matcher();
  const peak = ({ x, y }: Point): Peak => ({ x, y, cell: 0, similarity: 0.5 });
  return Object.assign(matcher, {
    peaksOf: vi.fn(async (_queries: readonly Float32Array[], _to: unknown, count: number) =>
      count === 1 ? backward.map((one) => [peak(one)]) : [forward.slice(0, count).map(peak)],
    ),
  });
}

const IMAGE = syntheticPyramid({ width: 100, height: 100, rows: 50, columns: 50 });
const POINT = { x: 21, y: 21 };

describe('the candidates of a point', () => {
  const find = (forward: readonly Point[], backward: readonly Point[] = forward, settings = DEFAULT_SETTINGS) =>
    findCandidates(matcherOf(forward, backward), IMAGE, IMAGE, [POINT], settings);

  it('are cycle-consistent if the backward match is at most 1.5 cells away', async () => {
    const forward = [
      { x: 1, y: 1 },
      { x: 81, y: 81 },
    ];
    const backward = [
      { x: 23.9, y: 21 },
      { x: 24.1, y: 21 },
    ];
    const [candidates] = await find(forward, backward);
    expect(candidates?.map(({ cycleConsistent }) => cycleConsistent)).toEqual([true, false]);
    expect(candidates?.[0]?.cycleCells).toBeCloseTo(1.45, 6);
    const [unchecked] = await find(forward, backward, { ...DEFAULT_SETTINGS, cycleConsistency: false });
    expect(unchecked?.map(({ cycleCells }) => cycleCells)).toEqual([
      Number.POSITIVE_INFINITY,
      Number.POSITIVE_INFINITY,
    ]);
  });

  it('are at most two, more than three cells apart, from the four best peaks', async () => {
    const at = (...xs: number[]) => xs.map((x) => ({ x, y: 1 }));
    const xs = async (...list: number[]) => (await find(at(...list)))[0]?.map(({ x }) => x);
    expect(await xs(1, 5, 9, 41)).toEqual([1, 9]);
    expect(await xs(1, 41, 81)).toEqual([1, 41]);
    expect(await xs(1, 3, 5, 7, 41)).toEqual([1]);
  });
});

describe('the pairs of pyramid levels', () => {
  const cells = (side: number) => ({ rows: side, columns: side });
  const pyramid = (first: number, ...more: number[]) =>
    syntheticPyramid({ width: 800, height: 800, ...cells(first) }, more.map(cells));
  const scales = async (source: ReturnType<typeof pyramid>, target: ReturnType<typeof pyramid>, multiScale = true) => {
    const settings = { ...DEFAULT_SETTINGS, multiScale, cycleConsistency: false };
    const matcher = new Matcher();
    vi.spyOn(matcher, 'peaksOf').mockImplementation(async (queries) =>
      queries.map(() => [{ x: 1, y: 1, cell: 0, similarity: 1 }]),
    );
    const [candidates = []] = await findCandidates(matcher, source, target, [POINT], settings);
    return candidates.map(({ levels }) => [levels.source, levels.target]);
  };

  it('have sizes that differ by at most a factor of 2.1', async () => {
    expect(await scales(pyramid(10, 20, 40), pyramid(10, 20, 40))).toHaveLength(7);
    expect(await scales(pyramid(10, 22), pyramid(10))).toEqual([[0, 0]]);
  });

  it('are the base levels without multi-scale matching, or if no others are comparable', async () => {
    expect(await scales(pyramid(10, 20), pyramid(10, 20), false)).toEqual([[0, 0]]);
    expect(await scales(pyramid(10), pyramid(40))).toEqual([[0, 0]]);
  });
});

describe('non-maximum suppression', () => {
  it('drops peaks near a better one', () => {
    const map = similarityField(Array.from({ length: 9 }, () => new Array<number>(9).fill(0)));
    const peaks = [2.5, 4.5, 5.6].map((x) => ({ x, y: 2.5 }));
    expect(suppressNeighbours(peaks, map, 2, 5)).toEqual([peaks[0], peaks[2]]);
    expect(suppressNeighbours(peaks, map, 1, 2)).toEqual(peaks.slice(0, 2));
  });
});

describe('clusters of candidates', () => {
  const scored = (xs: readonly number[], probabilities: readonly number[]) => {
    const levels = { source: 0, target: 0 };
    const rest = { y: 0, similarity: 0.9, cycleCells: 0, cycleConsistent: true, scale: 1, levels };
    return { x: 0, y: 0, candidates: xs.map((x) => ({ x, ...rest })), probabilities, support: probabilities };
  };

  it('add up the probabilities of candidates near each other', () => {
    const clusters = rankCandidates(scored([0, 100, 103], [0.4, 0.35, 0.25]), 10);
    expect(clusters.map(({ candidate: { x }, probability }) => [x, Math.round(probability * 100)])).toEqual([
      [100, 60],
      [0, 40],
    ]);
  });

  it('have the position of the most probable candidate', () => {
    expect(rankCandidates(scored([103, 100], [0.3, 0.7]), 10).map(({ candidate: { x } }) => x)).toEqual([100]);
  });

  it('rank by their sum first: a candidate of its own does not outweigh two', () => {
    expect(rankCandidates(scored([0, 100, 103], [0.5, 0.3, 0.25]), 10)[0]?.candidate.x).toBe(100);
  });

  it('do not overlap', () => {
    const clusters = rankCandidates(scored([0, 5, 50, 55, 100], [0.2, 0.2, 0.2, 0.2, 0.2]), 10);
    expect(clusters).toHaveLength(3);
    expect(clusters.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 9);
  });

  it('are empty without candidates', () => {
    expect(rankCandidates(scored([], []), 10)).toEqual([]);
  });
});

it.each([
  ['of one colour', { ...syntheticPyramid({ width: 9, height: 9, rows: 9, columns: 9 }), blank: true }, true],
  ['two cells high', syntheticPyramid({ width: 9, height: 9, rows: 2, columns: 90 }), true],
  ['two cells wide', syntheticPyramid({ width: 9, height: 9, rows: 90, columns: 2 }), true],
  ['three cells high', syntheticPyramid({ width: 9, height: 9, rows: 3, columns: 90 }), false],
  [
    'three cells high at one level',
    syntheticPyramid({ width: 9, height: 9, rows: 1, columns: 9 }, [{ rows: 3, columns: 9 }]),
    false,
  ],
])('an image %s is unmatchable: %s', (_, pyramid, expected) => {
  expect(isUnmatchable(pyramid)).toBe(expected);
});

describe('the candidates of a match', () => {
  const image = syntheticPyramid({ width: 1000, height: 800, rows: 400, columns: 500 });
  const settings = { ...DEFAULT_SETTINGS, cycleConsistency: false, consensus: false, subCell: false };

  it.each([
    [19, 1],
    [21, 2],
  ])('%i px apart, in a target of 1000 px, form %i clusters', async (px, clusters) => {
    const peaks = [101, 101 + px].map((x) => ({ x, y: 101, cell: 0, similarity: 0.5 }));
    const matcher = new Matcher();
    vi.spyOn(matcher, 'peaksOf').mockImplementation(async ([queries]) =>
      Array.from({ length: queries?.length ?? 0 }, () => peaks),
    );
    const { matches } = await inspectPoint(matcher, image, image, POINT, 9, settings);
    expect(matches).toHaveLength(clusters);
  });
});
