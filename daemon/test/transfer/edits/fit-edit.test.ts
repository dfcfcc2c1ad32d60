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

/** Matches of points in a box, all with the same error. */
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
  it('comes from matches all over the image if its own share a small error', async () => {
    const own = pairs(BOX, SAMPLES.own, { by: { x: 3, y: -2 } });
    const matches = { own, near: pairs(AROUND, SAMPLES.near), wide: pairs(WHOLE, 100), samples: SAMPLES };
    const outcome = await fitEdit(matches, BOX, IMAGE, IMAGE, CHOICE);
    expect(outcome.ok && offPx(outcome.fit.transform)).toBeLessThan(0.1);
  });

  it('comes from matches around it too if the image has no others', async () => {
    const own = pairs(BOX, SAMPLES.own, { by: { x: 3, y: -2 }, weight: 0.3 });
    const matches = { own, near: pairs(AROUND, SAMPLES.near), wide: [], samples: SAMPLES };
    const outcome = await fitEdit(matches, BOX, IMAGE, IMAGE, CHOICE);
    if (!outcome.ok) throw new Error(outcome.reason);
    expect(outcome.fit.kind).toBe('similarity');
    expect(offPx(outcome.fit.transform)).toBeLessThan(3);
  });

  it('follows the edit and its surroundings if they move apart from the rest', async () => {
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

describe('an edit is rejected with a reason and the rejected transform', () => {
  it('if few points in and around it are matched', async () => {
    const matches = { own: pairs(BOX, 4), near: pairs(AROUND, 3), wide: pairs(WHOLE, 100), samples: SAMPLES };
    expect(await fitEdit(matches, BOX, IMAGE, IMAGE, CHOICE)).toEqual({
      ok: false,
      reason: 'Only 7 of 160 points in and around the edit were found in the target.',
      cause: 'too-few-matches',
    });
  });

  it('if the confidence of its inliers is too low', async () => {
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
      cause: 'low-confidence',
    });
    expect('fit' in outcome && outcome.fit?.confidence).toBeLessThan(MIN_FIT_CONFIDENCE.edit);
  });
});

describe('a fit of an edit', () => {
  const [own, near] = [pairs(BOX, 20), pairs(AROUND, 60)];

  it('weights matches around the edit half as much as those in it', async () => {
    const matches = { own: [], near, wide: [], samples: { own: 20, near: 60 } };
    const outcome = await fitEdit(matches, BOX, IMAGE, IMAGE, CHOICE);
    expect(outcome.ok && outcome.fit.confidence).toBeCloseTo((0.5 * 0.8 * 60) / (20 + 0.5 * 60), 9);
  });

  it('needs eight inliers', async () => {
    const fitOf = (count: number) => {
      const matches = { own: own.slice(0, count), near: [], wide: [], samples: { own: count, near: 0 } };
      return fitEdit(matches, BOX, IMAGE, IMAGE, CHOICE);
    };
    expect(await fitOf(8)).toMatchObject({ ok: true });
    expect(await fitOf(7)).toMatchObject({ ok: false });
  });

  it.each([
    [190, 'similarity'],
    [210, 'affine'],
  ])('of %i pixels in an image of 1000 is of kind %s, if its matches are sheared', async (side, kind) => {
    const box = { x: 300, y: 300, w: side, h: side };
    const sheared = pairs(box, 100).map(({ source, target, weight }) => {
      return { source, target: { x: target.x + 0.1 * (source.y - 300), y: target.y }, weight };
    });
    const matches = { own: sheared, near: [], wide: [], samples: { own: 100, near: 0 } };
    const outcome = await fitEdit(matches, box, IMAGE, IMAGE, CHOICE);
    expect(outcome.ok && outcome.fit.kind).toBe(kind);
  });
});
