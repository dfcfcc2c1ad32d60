import { describe, expect, it } from 'vitest';
import { type Keypoint, pck, pckTable } from '../../../src/eval/metrics/pck.js';

/** A keypoint with prediction error `dx`, `dy`. */
function off(dx: number, dy: number): Keypoint {
  return { source: { x: 0, y: 0 }, truth: { x: 50, y: 50 }, predicted: { x: 50 + dx, y: 50 + dy } };
}

const LOST: Keypoint = { ...off(0, 0), predicted: null };

describe('PCK, as eval_spair.py of DIFT computes it', () => {
  it('includes points at the threshold, and none beyond', () => {
    // 6² + 8² = 10²; 10 / 100 ≤ 0.1
    const outcome = { basePx: 100, keypoints: [off(6, 8), off(6, 8.001), off(-10, 0), off(0, 0)] };
    expect(pck([outcome], 0.1).perPoint).toBe(75);
  });

  it('gives every image the same weight per image, and every point the same weight per point', () => {
    // shares 1/1, 1/4, 0/2 and 1/1: per image (1 + 0.25 + 0 + 1) / 4, per point 3 of 8
    const outcomes = [
      { basePx: 10, keypoints: [off(1, 0)] },
      { basePx: 20, keypoints: [off(0, 2), off(0, 3), off(9, 9), LOST] },
      { basePx: 10, keypoints: [off(2, 0), off(1, 1)] },
      { basePx: 10, keypoints: [off(0, 0)] },
    ];
    expect(pck(outcomes, 0.1)).toEqual({ perImage: 56.25, perPoint: 37.5 });
  });

  it('reports categories, their mean and the total', () => {
    const table = pckTable(
      [
        { group: 'dog', outcome: { basePx: 10, keypoints: [off(1, 0), off(5, 0)] } },
        { group: 'cat', outcome: { basePx: 10, keypoints: [off(0, 0), off(0, 0)] } },
        { group: 'dog', outcome: { basePx: 10, keypoints: [off(0, 1), off(0, 1), off(0, 1), off(0, 1), LOST, LOST] } },
        { group: 'dog', outcome: { basePx: 10, keypoints: [off(0, 1), off(0, 1)] } },
      ],
      [0.1],
      { title: '', note: '', rowTitle: '' },
    );
    expect(table.columns).toEqual(['@0.1/image', '@0.1/point']);
    // dog per image: (1/2 + 4/6 + 1) / 3, per point: 7 of 10
    const dog = (100 * (1 / 2 + 4 / 6 + 1)) / 3;
    const all = (100 * (1 / 2 + 1 + 4 / 6 + 1)) / 4;
    expect(table.rows.map(({ name, items }) => [name, items])).toEqual([
      ['cat', 1],
      ['dog', 3],
      ['mean of 2', 4],
      ['all', 4],
    ]);
    const expected = [100, 100, dog, 70, (100 + dog) / 2, 85, all, 75];
    for (const [n, value] of table.rows.flatMap(({ values }) => values).entries())
      expect(value).toBeCloseTo(expected[n] ?? 0, 10);
  });
});
