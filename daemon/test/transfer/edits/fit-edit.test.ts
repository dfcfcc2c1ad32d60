import type { Box, Homography, Point } from '@samepoint/shared-protocol';
import { describe, expect, it } from 'vitest';
import { pointsAllOver } from '../../../src/transfer/edits/edit-points.js';
import { fitEdit } from '../../../src/transfer/edits/fit-edit.js';
import { MIN_FIT_CONFIDENCE } from '../../../src/transfer/transforms/fit-region.js';
import type { PointPair } from '../../../src/transfer/transforms/least-squares.js';
import { project } from '../../../src/transfer/transforms/projective.js';

const IMAGE = { width: 800, height: 1000 };
const BOX: Box = { x: 300, y: 400, w: 30, h: 30 };
const AROUND: Box = { x: 200, y: 300, w: 230, h: 230 };
const TRUTH: Homography = [0.9, 0, 20, 0, 0.9, -10, 0, 0, 1];
const CHOICE = { transform: 'auto', estimator: 'magsac' } as const;
const SAMPLES = { own: 100, near: 60 };

/** Matches of points in a box, all off by the same. */
function pairs(
  box: Box,
  count: number,
  { by = { x: 0, y: 0 }, weight = 0.8 }: { by?: Point; weight?: number } = {},
): PointPair[] {
  return pointsAllOver({ width: box.w, height: box.h }, count).map(({ x, y }) => {
    const source = { x: box.x + x, y: box.y + y };
    const at = project(TRUTH, source);
    return { source, target: { x: at.x + by.x, y: at.y + by.y }, weight };
  });
}

const WHOLE = { x: 0, y: 0, w: IMAGE.width, h: IMAGE.height };

function offPx(h: Homography, by: Point = { x: 0, y: 0 }): number {
  const centre = { x: BOX.x + BOX.w / 2, y: BOX.y + BOX.h / 2 };
  const [found, truth] = [project(h, centre), project(TRUTH, centre)];
  return Math.hypot(found.x - truth.x - by.x, found.y - truth.y - by.y);
}

describe('the transform of a small edit', () => {
  it('is held by matches all over the image, where its own are a little off together', async () => {
    const own = pairs(BOX, SAMPLES.own, { by: { x: 3, y: -2 } });
    const matches = { own, near: pairs(AROUND, SAMPLES.near), wide: pairs(WHOLE, 100), samples: SAMPLES };
    const outcome = await fitEdit(matches, BOX, IMAGE, IMAGE, CHOICE);
    expect(outcome.ok && offPx(outcome.fit.transform)).toBeLessThan(0.1);
  });

  it('and by those around it, where the image has no matches elsewhere', async () => {
    const own = pairs(BOX, SAMPLES.own, { by: { x: 3, y: -2 }, weight: 0.3 });
    const matches = { own, near: pairs(AROUND, SAMPLES.near), wide: [], samples: SAMPLES };
    const outcome = await fitEdit(matches, BOX, IMAGE, IMAGE, CHOICE);
    if (!outcome.ok) throw new Error(outcome.reason);
    expect(outcome.fit.kind).toBe('similarity');
    expect(offPx(outcome.fit.transform)).toBeLessThan(3);
  });

  it('follows the edit and its surroundings where they moved apart from the rest', async () => {
    const by = { x: 0, y: 90 };
    const matches = {
      own: pairs(BOX, SAMPLES.own, { by }),
      near: pairs(AROUND, SAMPLES.near, { by }),
      wide: pairs(WHOLE, 100),
      samples: SAMPLES,
    };
    const outcome = await fitEdit(matches, BOX, IMAGE, IMAGE, CHOICE);
    expect(outcome.ok && offPx(outcome.fit.transform, by)).toBeLessThan(0.1);
  });
});

describe('an edit is refused with a sentence and the transform that was not believed', () => {
  it('where few of its points and of those around it are found', async () => {
    const matches = { own: pairs(BOX, 4), near: pairs(AROUND, 3), wide: pairs(WHOLE, 100), samples: SAMPLES };
    expect(await fitEdit(matches, BOX, IMAGE, IMAGE, CHOICE)).toEqual({
      ok: false,
      reason: 'Only 7 of 160 points in and around the edit were found in the target.',
    });
  });

  it('where those that agree are doubtful', async () => {
    const weight = MIN_FIT_CONFIDENCE.edit * 0.9;
    const matches = {
      own: pairs(BOX, SAMPLES.own, { weight }),
      near: pairs(AROUND, SAMPLES.near, { weight }),
      wide: pairs(WHOLE, 100),
      samples: SAMPLES,
    };
    const outcome = await fitEdit(matches, BOX, IMAGE, IMAGE, CHOICE);
    expect(outcome).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/but its confidence is 24 % and 27 % is required\. Check that /),
    });
    expect('fit' in outcome && outcome.fit?.confidence).toBeLessThan(MIN_FIT_CONFIDENCE.edit);
  });
});
