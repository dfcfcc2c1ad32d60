import type { Homography } from '@samepoint/shared-protocol';
import { describe, expect, it } from 'vitest';
import { compose, invert, project, stretchAt } from '../../../src/transfer/transforms/projective.js';

const HOMOGRAPHY: Homography = [1.1, 0.05, 20, -0.03, 0.95, -10, 1e-4, -5e-5, 1];

describe('a projective transform', () => {
  it('composed with its inverse is the identity', () => {
    const product = compose(invert(HOMOGRAPHY), HOMOGRAPHY);
    for (const [n, value] of [1, 0, 0, 0, 1, 0, 0, 0, 1].entries()) expect(product[n]).toBeCloseTo(value, 9);
  });

  it('maps no point on its horizon', () => {
    expect(project([1, 0, 0, 0, 1, 0, 1, 0, -5], { x: 5, y: 1 }).x).toBeNaN();
  });

  it.each([
    [5e-12, true],
    [5e-13, false],
  ])('with a denominator of %d has an image: %s', (w, hasImage) => {
    expect(Number.isFinite(project([1, 0, 0, 0, 1, 0, 0, 0, w], { x: 1, y: 1 }).x)).toBe(hasImage);
  });

  it.each<[string, Homography, { least: number; most: number; reflected: boolean }]>([
    ['a scale', [2, 0, 5, 0, 2, 5, 0, 0, 1], { least: 2, most: 2, reflected: false }],
    ['a turn', [0, -1, 5, 1, 0, 5, 0, 0, 1], { least: 1, most: 1, reflected: false }],
    ['two scales', [3, 0, 0, 0, 0.5, 0, 0, 0, 1], { least: 0.5, most: 3, reflected: false }],
    ['a mirror', [-1, 0, 0, 0, 1, 0, 0, 0, 1], { least: 1, most: 1, reflected: true }],
    ['a homogeneous factor', [2, 0, 0, 0, 2, 0, 0, 0, 2], { least: 1, most: 1, reflected: false }],
  ])('stretches a small square: %s', (_what, transform, expected) => {
    const { least, most, reflected } = stretchAt(transform, { x: 10, y: 20 });
    expect(least).toBeCloseTo(expected.least, 9);
    expect(most).toBeCloseTo(expected.most, 9);
    expect(reflected).toBe(expected.reflected);
  });
});
