import { describe, expect, it } from 'vitest';
import { Matcher } from '../../src/correspond/matcher.js';
import { allCells, NEAREST_CHECKS, nearestNeighbours } from '../../src/correspond/nearest.js';
import { columnAt, dot, randomMap } from '../support/feature-maps.js';

const source = randomMap(5, 9, 11, 1);
const target = randomMap(5, 7, 6, 2);
const matcher = new Matcher();

const sourceColumns = allCells(source).map((_, cell) => columnAt(source, cell));
const targetColumns = allCells(target).map((_, cell) => columnAt(target, cell));

function nearestOf(query: readonly number[], columns: readonly (readonly number[])[]): number {
  const similarities = columns.map((column) => dot(query, column));
  return similarities.indexOf(Math.max(...similarities));
}

/** How far from its start the backward match of a cell of the source ends, in cells, by brute force. */
function cycleCells(cell: number): number {
  const there = nearestOf(sourceColumns[cell] ?? [], targetColumns);
  const back = nearestOf(targetColumns[there] ?? [], sourceColumns);
  const columns = Math.abs((back % source.columns) - (cell % source.columns));
  return Math.hypot(columns, Math.floor(back / source.columns) - Math.floor(cell / source.columns));
}

describe('nearest neighbours of all cells of a map', () => {
  it('without a check are those of brute force', async () => {
    const found = await nearestNeighbours(matcher, source, allCells(source), target, 'none');
    expect(found.map((peak) => peak?.cell)).toEqual(sourceColumns.map((column) => nearestOf(column, targetColumns)));
  });

  it.each(['mutual', 'cycle'] as const)('with the check "%s" are those that brute force keeps', async (check) => {
    const found = await nearestNeighbours(matcher, source, allCells(source), target, check);
    const kept = sourceColumns.map((_, cell) => cycleCells(cell) <= NEAREST_CHECKS[check]);
    expect(found.map((peak) => peak !== null)).toEqual(kept);
    expect(kept).toContain(true);
    expect(kept).toContain(false);
  });

  it('within a cell keeps more than those that are mutual', async () => {
    const count = async (check: 'mutual' | 'cycle') =>
      (await nearestNeighbours(matcher, source, allCells(source), target, check)).filter((peak) => peak !== null)
        .length;
    expect(await count('cycle')).toBeGreaterThan(await count('mutual'));
  });
});

describe('in the map itself', () => {
  it('every cell is its own and mutual nearest neighbour', async () => {
    const found = await nearestNeighbours(matcher, source, allCells(source), source, 'mutual');
    expect(found.map((peak) => peak?.cell)).toEqual(sourceColumns.map((_, cell) => cell));
  });
});
