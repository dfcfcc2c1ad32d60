import type { Homography } from '@samepoint/shared-protocol';
import { describe, expect, it } from 'vitest';
import {
  cornerErrorPx,
  type HomographyOutcome,
  homographyTable,
  matchingTable,
} from '../../src/eval/homography-accuracy.js';

const IDENTITY: Homography = [1, 0, 0, 0, 1, 0, 0, 0, 1];

function pair(group: string, cornerErrorPx: number | null, matches = 0, within = [0, 0, 0]) {
  return { group, outcome: { cornerErrorPx, matches, within, shown: [] } satisfies HomographyOutcome };
}

describe('corner error, as eval_homography.py of DIFT computes it', () => {
  it('is the mean over four corners, which are the middles of the corner pixels', () => {
    // x is stretched by 1.01: the corners at x = 0 stay, those at x = 200 move by 2
    const stretched: Homography = [1.01, 0, 0, 0, 1, 0, 0, 0, 1];
    expect(cornerErrorPx(stretched, IDENTITY, 201, 101)).toBeCloseTo(1, 12);
    // 3 to the right and 4 down, everywhere
    expect(cornerErrorPx([1, 0, 3, 0, 1, 4, 0, 0, 1], IDENTITY, 640, 480)).toBe(5);
  });

  it('divides by the third coordinate', () => {
    // a corner at x = 100 goes to 100 / 1.25 = 80, and y = 50 there to 40; the others stay
    const tilted: Homography = [1, 0, 0, 0, 1, 0, 0.0025, 0, 1];
    const expected = (0 + 0 + 20 + Math.hypot(20, 10)) / 4;
    expect(cornerErrorPx(tilted, IDENTITY, 101, 51)).toBeCloseTo(expected, 12);
  });
});

describe('homography accuracy', () => {
  it('counts an error of exactly the threshold, and a pair without a homography as wrong', () => {
    const table = homographyTable([
      pair('viewpoint', 1),
      pair('viewpoint', 3.0001),
      pair('viewpoint', 5),
      pair('viewpoint', null),
    ]);
    expect(table.columns).toEqual(['@1 px', '@3 px', '@5 px']);
    expect(table.rows).toEqual([{ name: 'viewpoint', items: 4, values: [25, 25, 75] }]);
  });

  it('is given for both kinds and for all pairs, which count alike', () => {
    const table = homographyTable([
      pair('illumination', 0),
      pair('viewpoint', 2),
      pair('viewpoint', 9),
      pair('viewpoint', 4),
    ]);
    expect(table.rows).toEqual([
      { name: 'illumination', items: 1, values: [100, 100, 100] },
      { name: 'viewpoint', items: 3, values: [0, 100 / 3, 200 / 3] },
      { name: 'all', items: 4, values: [25, 50, 75] },
    ]);
  });
});

it('mean matching accuracy averages the share of right matches over pairs', () => {
  const table = matchingTable([
    pair('viewpoint', 0, 10, [5, 8, 10]),
    pair('viewpoint', 0, 100, [0, 20, 50]),
    pair('viewpoint', null),
  ]);
  expect(table.rows[0]?.values.map((value) => value?.toFixed(6))).toEqual(
    [(50 + 0 + 0) / 3, (80 + 20 + 0) / 3, (100 + 50 + 0) / 3].map((value) => value.toFixed(6)),
  );
});
