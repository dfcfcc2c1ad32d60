import type { Homography } from '@samepoint/shared-protocol';
import { describe, expect, it } from 'vitest';
import {
  cornerErrorPx,
  type HomographyOutcome,
  homographyTable,
  matchingTable,
} from '../../../src/eval/metrics/homography-accuracy.js';
import { publishedHomography } from '../../../src/transfer/transforms/robust-estimator.js';

const IDENTITY: Homography = [1, 0, 0, 0, 1, 0, 0, 0, 1];

function pair(group: string, cornerErrorPx: number | null, matches = 0, within = [0, 0, 0]) {
  return { group, outcome: { cornerErrorPx, matches, within, shown: [] } satisfies HomographyOutcome };
}

describe('the homography of an evaluation', () => {
  /** Matches with errors up to seven pixels, so that few agree. */
  const noisy = Array.from({ length: 60 }, (_, n) => {
    const [x, y] = [(n * 37) % 320, (n * 53) % 240];
    const w = 1e-4 * x - 5e-5 * y + 1;
    const off = { x: ((n * 29) % 13) - 6, y: ((n * 31) % 11) - 5 };
    return {
      source: { x, y },
      target: { x: (1.1 * x + 0.05 * y + 20) / w + off.x, y: (-0.03 * x + 0.95 * y - 10) / w + off.y },
    };
  });

  // cv2.findHomography(source, target, method, ransacReprojThreshold=3) of opencv-python-headless 4.12.0.88
  it.each<['lmeds' | 'ransac', Homography]>([
    [
      'lmeds',
      [
        1.1229821538643288, 0.04373340450436894, 17.459006844986632, -0.02367122870708121, 0.9494289795414812,
        -10.959072275623367, 0.00011528198821372042, -6.533745506595225e-5, 1,
      ],
    ],
    [
      'ransac',
      [
        1.173227298467035, 0.04786702471494473, 14.222717265220957, -0.04213533042473504, 0.9167198660038292,
        -4.791902760935206, 7.434132731325499e-5, -6.700294970286848e-5, 1,
      ],
    ],
  ])("is that of OpenCV's Python package with its defaults, by %s", async (estimator, official) => {
    const found = await publishedHomography(noisy, { estimator, thresholdPx: 3 });
    expect(found === null ? null : cornerErrorPx(found, official, 320, 240)).toBeLessThan(1e-5);
  });

  it('is null with fewer than four matches', async () => {
    expect(await publishedHomography(noisy.slice(0, 3), { estimator: 'lmeds', thresholdPx: 3 })).toBeNull();
  });
});

describe('corner error, as eval_homography.py of DIFT computes it', () => {
  it('is the mean over the centres of the four corner pixels', () => {
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
  it('includes errors equal to the threshold, and counts a missing homography as incorrect', () => {
    const table = homographyTable([
      pair('viewpoint', 1),
      pair('viewpoint', 3.0001),
      pair('viewpoint', 5),
      pair('viewpoint', null),
    ]);
    expect(table.columns).toEqual(['@1 px', '@3 px', '@5 px']);
    expect(table.rows).toEqual([{ name: 'viewpoint', items: 4, values: [25, 25, 75] }]);
  });

  it('is reported by kind and over all pairs', () => {
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

it('mean matching accuracy averages the fraction of correct matches over pairs', () => {
  const table = matchingTable([
    pair('viewpoint', 0, 10, [5, 8, 10]),
    pair('viewpoint', 0, 100, [0, 20, 50]),
    pair('viewpoint', null),
  ]);
  expect(table.rows[0]?.values.map((value) => value?.toFixed(6))).toEqual(
    [(50 + 0 + 0) / 3, (80 + 20 + 0) / 3, (100 + 50 + 0) / 3].map((value) => value.toFixed(6)),
  );
});
