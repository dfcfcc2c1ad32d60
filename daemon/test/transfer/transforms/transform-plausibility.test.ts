import type { Homography } from '@samepoint/shared-protocol';
import { describe, expect, it } from 'vitest';
import { rejectionReason } from '../../../src/transfer/transforms/transform-plausibility.js';

const REGION = { x: 0, y: -50, w: 100, h: 100 };
const SIZE = { width: 1000, height: 1000 };

const scaled = (x: number, y = x): Homography => [x, 0, 0, 0, y, 0, 0, 0, 1];
/** Scales decrease along x by (1 + 100 g) ** 1.5 over the region. */
const tilted = (factor: number): Homography => [2, 0, 0, 0, 2, 0, (factor ** (2 / 3) - 1) / 100, 0, 1];
const reasonFor = (transform: Homography, target = SIZE) => rejectionReason(transform, REGION, SIZE, target, 0);

describe('a transform is plausible', () => {
  it.each<[string, Homography]>([
    ['that scales up to six times', scaled(5.9)],
    ['that scales down to a sixth', scaled(1 / 5.9)],
    ['that stretches one axis up to three times as much', scaled(2.9, 1)],
    ['with a perspective that scales up to four times', tilted(3.8)],
  ])('%s', (_what, transform) => {
    expect(reasonFor(transform)).toBeNull();
  });

  it('that scales as much as the images differ in size, times six', () => {
    expect(reasonFor(scaled(11.9), { width: 2000, height: 2000 })).toBeNull();
  });
});

describe('a transform is rejected', () => {
  it.each<[string, Homography, RegExp]>([
    ['beyond six times', scaled(6.1), /scales it by 6\.1 to 6\.1/],
    ['below a sixth', scaled(1 / 6.1), /scales it by 0\.16 to 0\.16/],
    ['that stretches one axis more than three times as much', scaled(3.1, 1), /squeezes it flat/],
    ['with a steeper perspective', tilted(4.2), /perspective .* is too steep/],
    ['with its horizon in the region', [1, 0, 0, 0, 1, 0, -0.015, 0, 1], /has its horizon in it/],
    ['that mirrors', scaled(-1, 1), /mirrors it/],
  ])('%s', (_what, transform, reason) => {
    expect(reasonFor(transform)).toEqual({
      reason: expect.stringMatching(reason),
      cause: 'implausible-transform',
    });
  });

  it.each([
    [-30, 0.5, null],
    [-60, 0.5, 'most of it would lie outside the target'],
    [-200, 0.5, 'all of it would lie outside the target'],
  ])('shifted by %i pixels, with %d required inside', (shift, minVisible, reason) => {
    const inside = { x: 0, y: 100, w: 100, h: 100 };
    expect(rejectionReason([1, 0, shift, 0, 1, 0, 0, 0, 1], inside, SIZE, SIZE, minVisible)).toEqual(
      reason === null ? null : { reason, cause: 'outside-target' },
    );
  });

  it('where fewer of 9×9 grid points are visible than required', () => {
    const inside = { x: 0, y: 0, w: 90, h: 90 };
    // 5 of 9 columns are visible, and 53 % of the area
    const visibleOf = (minVisible: number) =>
      rejectionReason(scaled(1), inside, SIZE, { width: 48, height: 1000 }, minVisible);
    expect(visibleOf(0.55)).toBeNull();
    expect(visibleOf(0.56)?.reason).toBe('most of it would lie outside the target');
  });
});
