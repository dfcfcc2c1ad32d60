import { describe, expect, it } from 'vitest';
import { type Descriptors, mutualNearest } from '../../../src/eval/matching/mutual-nearest.js';
import { seededRandom } from '../../support/random.js';

function descriptors(...rows: number[][]): Descriptors {
  return { count: rows.length, channels: rows[0]?.length ?? 0, data: Float32Array.from(rows.flat()) };
}

describe('mutual nearest neighbours', () => {
  // the first of b is nearest to both of a; only one of them is nearest to it
  const a = descriptors([1, 0], [0.8, 0.6]);

  it('keeps only mutual pairs', async () => {
    expect(await mutualNearest(a, descriptors([0.9, 0.1], [-1, 0]), 'cosine')).toEqual([[0, 0]]);
  });

  it('compares directions by cosine and positions by L2', async () => {
    // by direction the long one is the first of a; by distance the short one is
    const b = descriptors([100, 0], [0.9, 0.2]);
    expect(await mutualNearest(descriptors([1, 0]), b, 'cosine')).toEqual([[0, 0]]);
    expect(await mutualNearest(descriptors([1, 0]), b, 'l2')).toEqual([[0, 1]]);
  });

  it.each(['cosine', 'l2'] as const)('agrees with brute force, %s', async (metric) => {
    const random = seededRandom(4);
    const many = (count: number) =>
      Array.from({ length: count }, () => Array.from({ length: 6 }, () => 3 * random() - 1.5));
    const [rowsA, rowsB] = [many(40), many(31)];
    const nearness = (p: number[], q: number[]) => {
      const product = p.reduce((sum, value, i) => sum + value * (q[i] ?? 0), 0);
      return metric === 'cosine'
        ? product / (Math.hypot(...p) * Math.hypot(...q))
        : -p.reduce((sum, value, i) => sum + (value - (q[i] ?? 0)) ** 2, 0);
    };
    const nearest = (p: number[], others: number[][]) => {
      const all = others.map((q) => nearness(p, q));
      return all.indexOf(Math.max(...all));
    };
    const expected = rowsA.flatMap((row, n) => {
      const other = nearest(row, rowsB);
      return nearest(rowsB[other] ?? [], rowsA) === n ? [[n, other]] : [];
    });
    expect(expected.length).toBeGreaterThan(5);
    expect(await mutualNearest(descriptors(...rowsA), descriptors(...rowsB), metric)).toEqual(expected);
  });

  it('is empty if one side has no keypoints', async () => {
    expect(await mutualNearest(a, { count: 0, channels: 2, data: new Float32Array() }, 'cosine')).toEqual([]);
  });
});
