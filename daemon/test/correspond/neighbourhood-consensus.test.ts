import type { Point } from '@samepoint/shared-protocol';
import { describe, expect, it } from 'vitest';
import type { Candidate } from '../../src/correspond/candidates.js';
import { anchorConsensus, scoreCandidates } from '../../src/correspond/neighbourhood-consensus.js';
import { seededRandom } from '../support/random.js';

const SIDE = 1000;
const GRID = Array.from({ length: 196 }, (_, n) => ({ x: 30 + 70 * (n % 14), y: 30 + 70 * Math.floor(n / 14) }));

const asIs = ({ x, y }: Point) => ({ x, y });
const mirrored = ({ x, y }: Point) => ({ x: SIDE - x, y });
/** Rows have changed their order, and nothing else has. */
const reordered = ({ x, y }: Point) => ({ x, y: 30 + ((y - 30 + 490) % 980) });

function candidate({ x, y }: Point): Candidate {
  return { x, y, similarity: 0.9, cycleCells: 0, cycleConsistent: true, scale: 1, levels: { source: 0, target: 0 } };
}

/** Every anchor is where the layout has it, or somewhere else that looks as like. */
function fieldOf(layout: (point: Point) => Point) {
  const random = seededRandom(5);
  const anywhere = () => candidate({ x: SIDE * random(), y: SIDE * random() });
  const candidates = GRID.map((point) => [anywhere(), candidate(layout(point)), anywhere()]);
  return anchorConsensus(GRID, candidates, SIDE, SIDE);
}

/** Where a point is believed to be, of all the places that the layouts have it at. */
function chosen(point: Point, layout: (point: Point) => Point) {
  const nearby = { x: SIDE - 160, y: point.y };
  const places = [asIs(point), mirrored(point), reordered(point), nearby];
  const { probabilities } = scoreCandidates(point, places.map(candidate), fieldOf(layout));
  return places[probabilities.indexOf(Math.max(...probabilities))];
}

describe('agreement among neighbours', () => {
  // at the edge, with all of its neighbours to its right
  const point = { x: 20, y: 240 };

  it.each([
    ['as it was', asIs],
    ['with left and right exchanged', mirrored],
    ['with its rows in another order', reordered],
  ])('finds a point in a screen %s, among places that look alike', (_, layout) => {
    expect(chosen(point, layout)).toEqual(layout(point));
  });

  it('tells whether left and right were exchanged', () => {
    expect([asIs, mirrored, reordered].map((layout) => fieldOf(layout).mirrored)).toEqual([false, true, false]);
  });

  it('takes nothing for exchanged where two screens have nothing in common', () => {
    const random = seededRandom(11);
    const anywhere = () => ({ x: SIDE * random(), y: SIDE * random() });
    for (let n = 0; n < 5; n++) expect(fieldOf(anywhere).mirrored).toBe(false);
  });

  it('takes nothing for exchanged in a strip, where left and right are near each other', () => {
    const strip = GRID.map(({ x, y }) => ({ x: 0.06 * x, y }));
    const random = seededRandom(7);
    const astray = strip.map((point) => [candidate(random() < 0.6 ? { x: 60 * random(), y: SIDE * random() } : point)]);
    expect(anchorConsensus(strip, astray, SIDE, SIDE).mirrored).toBe(false);
  });
});
