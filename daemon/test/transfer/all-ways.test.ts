import type { Point } from '@samepoint/shared-protocol';
import { describe, expect, it } from 'vitest';
import { agreeing, allWays } from '../../src/transfer/all-ways.js';

const at = (x: number): Point => ({ x, y: 0 });

describe('all pairs of a set', () => {
  it('every place found is looked for from its image in all the others, and a point not found from nowhere', async () => {
    const asked: [number, readonly Point[], readonly number[]][] = [];
    const direct = [
      [at(10), null],
      [at(20), at(21)],
      [at(30), at(31)],
    ];
    const ways = await allWays(direct, async (source, points, targets) => {
      asked.push([source, points, targets]);
      return targets.map((target) => points.map(({ x }) => at(100 * target + x)));
    });
    expect(asked).toEqual([
      [0, [at(10)], [1, 2]],
      [1, [at(20), at(21)], [0, 2]],
      [2, [at(30), at(31)], [0, 1]],
    ]);
    expect(ways[0]?.[1]).toEqual([
      { via: 1, point: at(21) },
      { via: 2, point: at(31) },
    ]);
    expect(ways[2]?.[0]).toEqual([
      { via: 0, point: at(210) },
      { via: 1, point: at(220) },
    ]);
  });

  it('ways agree that end within 2 % of the longer side, or nowhere as the direct one', () => {
    const ways = [at(102), at(103), null].map((point, via) => ({ via, point }));
    expect(agreeing(at(100), ways, 100)).toBe(1);
    expect(agreeing(null, ways, 100)).toBe(1);
  });
});
