import type { Point } from '@samepoint/shared-protocol';
import { describe, expect, it, vi } from 'vitest';
import { type AnchorVotes, chooseNeighbours, neighbourSupport } from '../../src/correspond/anchor-votes.js';
import type { Candidate } from '../../src/correspond/candidates.js';
import { DEFAULT_SETTINGS } from '../../src/correspond/match-settings.js';
import { Matcher } from '../../src/correspond/matcher.js';
import { anchorConsensus, preparePair, scoreCandidates } from '../../src/correspond/neighbourhood-consensus.js';
import { seededRandom } from '../support/random.js';
import { syntheticPyramid } from '../support/synthetic-map.js';

const SIDE = 1000;

function candidate({ x, y }: Point, changes: Partial<Candidate> = {}): Candidate {
  const levels = { source: 0, target: 0 };
  return { x, y, similarity: 0.9, cycleCells: 0, cycleConsistent: true, scale: 1, levels, ...changes };
}

/** A pair whose anchors have one vote each. */
function votesOf(list: readonly { anchor: Point; target: Point; probability?: number }[], mirrored = false) {
  return {
    anchors: list.map(({ anchor }) => anchor),
    starts: Uint32Array.from({ length: list.length + 1 }, (_, n) => n),
    votes: Float64Array.from(list.flatMap(({ target, probability = 1 }) => [target.x, target.y, 1, probability])),
    targetSidePx: SIDE,
    mirrored,
  } satisfies AnchorVotes;
}

/** The same with a given consensus. */
function pairOf(list: Parameters<typeof votesOf>[0], consensus: number) {
  return { ...votesOf(list), consensus, sourceSidePx: SIDE };
}

describe('the neighbours of a point', () => {
  const anchors = Array.from({ length: 180 }, (_, n) => ({ x: 5 * n, y: 0 }));

  it('are the 32 nearest anchors and 16 spread over the others', () => {
    const indices = chooseNeighbours({ x: 0, y: 0 }, anchors, 0, SIDE).map(({ index }) => index);
    expect(indices.slice(0, 32)).toEqual(Array.from({ length: 32 }, (_, n) => n + 1));
    expect(indices).toHaveLength(48);
    expect(Math.max(...indices)).toBeGreaterThan(160);
  });

  it('have weights that fall over a quarter of the image, but not to zero', () => {
    const weights = chooseNeighbours(
      { x: 0, y: 0 },
      [
        { x: 0, y: 0 },
        { x: 250, y: 0 },
        { x: 4000, y: 0 },
      ],
      -1,
      SIDE,
    );
    expect(weights.map(({ weight }) => Number(weight.toFixed(3)))).toEqual([1.05, 0.657, 0.05]);
  });
});

describe('the support of a candidate', () => {
  const support = (at: Point, point = { x: 100, y: 100 }, mirrored = false) => {
    const votes = votesOf([{ anchor: { x: 100, y: 100 }, target: { x: 500, y: 500 } }], mirrored);
    return neighbourSupport(point, [candidate(at)], [{ index: 0, weight: 0.3 }], votes)[0] ?? Number.NaN;
  };

  it('is 1 if every neighbour predicts it exactly', () => {
    expect(support({ x: 500, y: 500 })).toBe(1);
  });

  it('falls with the distance to the prediction: 1.5 % of the target is one standard deviation', () => {
    expect(support({ x: 515, y: 500 })).toBeCloseTo(Math.exp(-0.5), 6);
    expect(support({ x: 500, y: 590 })).toBe(0);
  });

  it('falls with the distance to the neighbour, as the scale is uncertain', () => {
    expect(support({ x: 600, y: 500 }, { x: 200, y: 100 })).toBeCloseTo(0.6, 6);
  });

  it('is predicted on the opposite side in a mirrored pair', () => {
    expect(support({ x: 400, y: 500 }, { x: 200, y: 100 }, true)).toBeCloseTo(0.6, 6);
    expect(support({ x: 600, y: 500 }, { x: 200, y: 100 }, true)).toBe(0);
  });
});

describe('the probabilities of candidates', () => {
  const here = { x: 100, y: 100 };
  const [right, wrong] = [
    { x: 500, y: 500 },
    { x: 900, y: 100 },
  ];
  const odds = (candidates: readonly Candidate[], pair = pairOf([], 1)) => {
    const [a = 0, b = 0] = scoreCandidates(here, candidates, pair).probabilities;
    return Math.log(a / b);
  };

  it('change by a factor e per 0.05 of similarity', () => {
    expect(odds([candidate(right), candidate(wrong, { similarity: 0.85 })])).toBeCloseTo(1, 6);
  });

  it('change by a factor e for a closed cycle', () => {
    expect(odds([candidate(right), candidate(wrong, { cycleConsistent: false })])).toBeCloseTo(1, 6);
  });

  it.each([
    ['is ignored up to 0.05', 0.05, 0],
    ['counts half at 0.09', 0.09, 0.5],
    ['counts in full from 0.13', 0.13, 1],
  ])('change by the square of the support; if the consensus of the anchors is low, it %s', (_, consensus, trust) => {
    const pair = pairOf([{ anchor: here, target: right }], consensus);
    expect(odds([candidate(right), candidate(wrong)], pair)).toBeCloseTo(trust * 2 * Math.log(1.02 / 0.02), 6);
  });
});

describe('the votes of anchors', () => {
  const alone = (similarity: number) => {
    const candidates = [candidate({ x: 1, y: 1 }), candidate({ x: 900, y: 9 }, { similarity })];
    return anchorConsensus([{ x: 5, y: 5 }], [candidates], SIDE, SIDE);
  };

  it('are those of candidates with a probability of at least 5 %', () => {
    expect([...alone(0.74).starts]).toEqual([0, 1]);
    expect([...alone(0.78).starts]).toEqual([0, 2]);
  });

  it('are computed in two rounds, so that two anchors that support each other are not yet certain', () => {
    const anchors = [
      { x: 100, y: 100 },
      { x: 900, y: 100 },
    ];
    const candidates = anchors.map(({ x, y }, n) => [candidate({ x, y }), candidate({ x, y: y + 300 + 200 * n })]);
    const { votes } = anchorConsensus(anchors, candidates, SIDE, SIDE);
    expect(votes[3]).toBeCloseTo(0.82, 3);
  });

  it('come from about 200 anchors, spread over the source', async () => {
    const matcher = new Matcher();
    vi.spyOn(matcher, 'peaksOf').mockResolvedValue([]);
    for (const size of [
      { width: 1600, height: 1000 },
      { width: 500, height: 900 },
    ]) {
      const image = syntheticPyramid({ ...size, rows: 10, columns: 10 });
      const { anchors } = await preparePair(matcher, image, image, DEFAULT_SETTINGS);
      expect(Math.abs(anchors.length - 200)).toBeLessThan(25);
      for (const { x, y } of anchors) expect(x > 0 && y > 0 && x < size.width && y < size.height).toBe(true);
    }
    const off = { ...DEFAULT_SETTINGS, consensus: false };
    const image = syntheticPyramid({ width: 100, height: 100, rows: 10, columns: 10 });
    expect((await preparePair(matcher, image, image, off)).anchors).toEqual([]);
  });
});

const GRID = Array.from({ length: 196 }, (_, n) => ({ x: 30 + 70 * (n % 14), y: 30 + 70 * Math.floor(n / 14) }));

const same = ({ x, y }: Point) => ({ x, y });
const mirrored = ({ x, y }: Point) => ({ x: SIDE - x, y });
/** The rows in another order. */
const reordered = ({ x, y }: Point) => ({ x, y: 30 + ((y - 30 + 490) % 980) });

/** Each anchor has one candidate at its position in the layout and two elsewhere, all with equal similarity. */
function consensusOf(layout: (point: Point) => Point, anchors = GRID) {
  const random = seededRandom(5);
  const anywhere = () => candidate({ x: SIDE * random(), y: SIDE * random() });
  const candidates = anchors.map((point) => [anywhere(), candidate(layout(point)), anywhere()]);
  return anchorConsensus(anchors, candidates, SIDE, SIDE);
}

/** The most probable of the positions that the layouts give a point. */
function chosen(point: Point, layout: (point: Point) => Point) {
  const nearby = { x: SIDE - 160, y: point.y };
  const positions = [same(point), mirrored(point), reordered(point), nearby];
  const { probabilities } = scoreCandidates(
    point,
    positions.map((position) => candidate(position)),
    consensusOf(layout),
  );
  return positions[probabilities.indexOf(Math.max(...probabilities))];
}

describe('neighbourhood consensus', () => {
  // at the edge, with all neighbours to its right
  const point = { x: 20, y: 240 };

  it.each([
    ['in the same layout', same],
    ['in a mirrored layout', mirrored],
    ['with the rows in another order', reordered],
  ])('chooses among candidates of the same similarity %s', (_, layout) => {
    expect(chosen(point, layout)).toEqual(layout(point));
  });

  it('detects a mirrored layout', () => {
    expect([same, mirrored, reordered].map((layout) => consensusOf(layout).mirrored)).toEqual([false, true, false]);
  });

  it('does not find a mirrored layout in two screens with nothing in common', () => {
    const random = seededRandom(11);
    const anywhere = () => ({ x: SIDE * random(), y: SIDE * random() });
    for (let n = 0; n < 3; n++) expect(consensusOf(anywhere).mirrored).toBe(false);
  });

  it('finds a mirrored layout in a bare majority of the anchors, and in half of them with the others anywhere', () => {
    const random = seededRandom(3);
    const anywhere = () => ({ x: SIDE * random(), y: SIDE * random() });
    const positions = [
      GRID.map((point, n) => (n % 5 < 3 ? mirrored(point) : point)),
      GRID.map((point, n) => (n % 2 === 0 ? mirrored(point) : anywhere())),
    ];
    for (const list of positions) {
      const pair = anchorConsensus(
        GRID,
        list.map((position) => [candidate(position)]),
        SIDE,
        SIDE,
      );
      expect(pair.mirrored).toBe(true);
      expect(pair.consensus).toBeLessThan(0.2);
    }
  });

  it('is not mirrored if the anchors agree well without it, even in a symmetric layout', () => {
    const candidates = GRID.map((point) => [candidate(point), candidate(mirrored(point), { similarity: 0.86 })]);
    const pair = anchorConsensus(GRID, candidates, SIDE, SIDE);
    expect(pair.consensus).toBeGreaterThan(0.4);
    expect(pair.mirrored).toBe(false);
  });

  it('does not test a strip, where left and right are too close to each other', () => {
    const strip = GRID.map(({ x, y }) => ({ x: 0.06 * x, y }));
    const random = seededRandom(7);
    const astray = strip.map((point) => [candidate(random() < 0.6 ? { x: 60 * random(), y: SIDE * random() } : point)]);
    expect(anchorConsensus(strip, astray, SIDE, SIDE).mirrored).toBe(false);
  });
});
