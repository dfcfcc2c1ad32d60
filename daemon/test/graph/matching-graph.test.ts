import { describe, expect, it } from 'vitest';
import { Matcher } from '../../src/correspond/matcher.js';
import { cellCentre, type FeatureMap } from '../../src/diffusion/feature-map.js';
import { columnAt, dot, randomMap } from '../support/random.js';

const CHANNELS = 6;
const BLOCK_CELLS = 4;
const matcher = new Matcher();

/** The best cell of each 4×4 block, by descending similarity. */
function blockMaxima(query: readonly number[], map: FeatureMap): { cell: number; similarity: number }[] {
  const best = new Map<string, { cell: number; similarity: number }>();
  for (let cell = 0; cell < map.rows * map.columns; cell++) {
    const row = Math.floor(cell / map.columns);
    const key = `${Math.floor(row / BLOCK_CELLS)},${Math.floor((cell % map.columns) / BLOCK_CELLS)}`;
    const similarity = dot(query, columnAt(map, cell));
    if (similarity > (best.get(key)?.similarity ?? Number.NEGATIVE_INFINITY)) best.set(key, { cell, similarity });
  }
  return [...best.values()].sort((a, b) => b.similarity - a.similarity);
}

describe.each([
  [8, 12],
  [7, 9],
  [5, 4],
  [1, 1],
  [1, 13],
  [13, 1],
  [3, 2],
])('on a map of %i×%i cells', (rows, columns) => {
  const source = randomMap(CHANNELS, 5, 7, 1);
  const target = randomMap(CHANNELS, rows, columns, 2);
  const cells = Array.from({ length: source.rows * source.columns }, (_, cell) => cell);
  const points = cells.map((cell) => cellCentre(source, cell));

  it.each([1, 4])('the %i peaks of every query are those of brute force', async (count) => {
    const found = await matcher.peaks(source, points, target, count);
    expect(found).toHaveLength(points.length);
    for (const cell of cells) {
      const expected = blockMaxima(columnAt(source, cell), target).slice(0, count);
      expect(found[cell]?.map((peak) => peak.cell)).toEqual(expected.map((peak) => peak.cell));
      for (const [rank, { cell: at, similarity }] of expected.entries()) {
        const peak = found[cell]?.[rank];
        expect(peak?.similarity).toBeCloseTo(similarity, 5);
        expect(peak).toMatchObject(cellCentre(target, at));
      }
    }
  });

  it('the similarity maps are those of brute force', async () => {
    const seen: number[] = [];
    await matcher.forEachSimilarityMap(source, points.slice(17, 19), target, (map, n) => {
      seen.push(n);
      expect(map).toHaveLength(rows * columns);
      for (const [cell, similarity] of map.entries()) {
        expect(similarity).toBeCloseTo(dot(columnAt(source, 17 + n), columnAt(target, cell)), 5);
      }
    });
    expect(seen).toEqual(points.slice(17, 19).map((_, n) => n));
  });
});

describe('matching', () => {
  const source = randomMap(CHANNELS, 6, 6, 3);
  const target = randomMap(CHANNELS, 6, 6, 4);

  it('gives the same result for many queries as for each alone', async () => {
    const points = Array.from({ length: 2100 }, (_, n) => ({ x: (n * 7) % 24, y: (n * 5) % 23 }));
    const all = await matcher.peaks(source, points, target, 2);
    expect(all).toHaveLength(points.length);
    for (const n of [0, 1023, 1024, 2047, 2048, 2099]) {
      const [alone] = await matcher.peaks(source, points.slice(n, n + 1), target, 2);
      expect(all[n]?.map(({ cell }) => cell)).toEqual(alone?.map(({ cell }) => cell));
    }
  });

  it('computes at most 4 Mi similarities at a time', async () => {
    const large = randomMap(CHANNELS, 128, 128, 5);
    const points = Array.from({ length: 257 }, (_, n) => ({ x: n % 24, y: n % 23 }));
    const runs = new Map<ArrayBufferLike, number>();
    await matcher.forEachSimilarityMap(source, points, large, ({ buffer }) => {
      runs.set(buffer, (runs.get(buffer) ?? 0) + 1);
    });
    expect([...runs.values()]).toEqual([256, 1]);
  });

  it('of no points gives no peaks', async () => {
    expect(await matcher.peaks(source, [], target, 2)).toEqual([]);
  });

  it('finds every cell of a map in the map itself', async () => {
    const points = Array.from({ length: 36 }, (_, cell) => cellCentre(source, cell));
    const peaks = await matcher.peaks(source, points, source, 1);
    expect(peaks.map((list) => list[0]?.cell)).toEqual(points.map((_, cell) => cell));
  });
});
