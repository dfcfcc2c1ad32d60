import { describe, expect, it } from 'vitest';
import { toCellFeatures, WindowMatcher } from '../../src/correspond/window-matcher.js';
import type { FeatureMap } from '../../src/diffusion/feature-map.js';
import { columnAt, dot, randomMap } from '../support/random.js';

const CHANNELS = 5;
const matcher = new WindowMatcher();

interface Neighbour {
  map: number;
  cell: number;
  similarity: number;
}

/** The best of all pairs within the window, by brute force. */
function bruteForce(query: FeatureMap, at: number, maps: readonly FeatureMap[], topK: number, radius: number) {
  const { rows, columns } = query;
  const found: Neighbour[] = [];
  for (const [map, other] of maps.entries()) {
    for (let cell = 0; cell < rows * columns; cell++) {
      const down = Math.abs(Math.floor(cell / columns) - Math.floor(at / columns));
      const across = Math.abs((cell % columns) - (at % columns));
      if (Math.max(down, across) > radius) continue;
      found.push({ map, cell, similarity: dot(columnAt(query, at), columnAt(other, cell)) });
    }
  }
  return found.sort((a, b) => b.similarity - a.similarity).slice(0, topK);
}

describe.each([
  ['more cells than a tile along both sides', 19, 27, 3],
  ['a window larger than the map', 6, 9, 15],
  ['one cell high', 1, 20, 4],
  ['one cell wide', 20, 1, 4],
  ['a window of one cell', 9, 9, 0],
])('%s', (_what, rows, columns, radiusCells) => {
  const [query, ...maps] = [1, 2, 3, 4].map((seed) => randomMap(CHANNELS, rows, columns, seed));
  if (query === undefined) throw new Error('there are four maps');

  it.each([1, 7])('the %i nearest neighbours of every cell are those of brute force', async (topK) => {
    const found = await matcher.neighbours(toCellFeatures(query), maps.map(toCellFeatures), { topK, radiusCells });
    for (let at = 0; at < rows * columns; at++) {
      const expected = bruteForce(query, at, maps, topK, radiusCells);
      for (let n = 0; n < topK; n++) {
        const slot = at * topK + n;
        const neighbour = expected[n];
        if (neighbour === undefined) {
          expect(found.similarities[slot]).toBe(Number.NEGATIVE_INFINITY);
          continue;
        }
        expect([found.maps[slot], found.cells[slot]]).toEqual([neighbour.map, neighbour.cell]);
        expect(found.similarities[slot]).toBeCloseTo(neighbour.similarity, 5);
      }
    }
  });
});

it('the neighbour of the earlier map wins a tie', async () => {
  const map = toCellFeatures(randomMap(CHANNELS, 4, 4, 1));
  const { maps } = await matcher.neighbours(map, [map, map, map], { topK: 1, radiusCells: 2 });
  expect([...maps]).toEqual(Array(16).fill(0));
});
