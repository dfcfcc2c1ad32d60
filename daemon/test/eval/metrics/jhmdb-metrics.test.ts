import { describe, expect, it } from 'vitest';
import { jointErrors, jointPck } from '../../../src/eval/metrics/jhmdb-metrics.js';

/** A person 30 wide and 40 high: the diagonal is 50, the base 30. */
const TRUTH = [
  { x: 10, y: 10 },
  { x: 40, y: 20 },
  { x: 20, y: 50 },
];

describe('the error of a joint', () => {
  it('is its distance over 0.6 times the diagonal of the box around the joints', () => {
    const found = [
      { x: 13, y: 14 },
      { x: 40, y: 20 },
      { x: 20, y: 35 },
    ];
    expect(jointErrors(TRUTH, found)).toEqual([5 / 30, 0, 15 / 30]);
  });

  it('is null for a missing joint, which does not extend the box', () => {
    // the box around the first two: 30 wide, 10 high
    expect(jointErrors(TRUTH, [{ x: 10, y: 11 }, { x: 40, y: 20 }, null])).toEqual([
      1 / (0.6 * Math.hypot(30, 10)),
      0,
      null,
    ]);
  });

  it('is infinite if only one joint was found, unless it is exact', () => {
    const [error] = jointErrors(TRUTH, [{ x: 10, y: 11 }, null, null]);
    expect(error).toBeGreaterThan(1e6);
    expect(jointErrors(TRUTH, [TRUTH[0] ?? null, null, null])[0]).toBe(0);
  });
});

describe('PCK', () => {
  it('is the mean over joints of the fraction of frames', () => {
    const frames = [
      [0.1, 0.3],
      [0.11, null],
      [0.05, null],
      [0.5, null],
    ];
    expect(jointPck(frames, 0.1)).toBeCloseTo((100 * (2 / 4 + 0)) / 2, 9);
    expect(jointPck(frames, 0.3)).toBeCloseTo((100 * (3 / 4 + 1)) / 2, 9);
  });

  it('excludes joints that were never found', () => {
    expect(jointPck([[0.1, null]], 0.2)).toBe(100);
    expect(jointPck([[null]], 0.2)).toBeNull();
  });
});
