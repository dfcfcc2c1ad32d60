import type { FittedTransform } from '@samepoint/shared-protocol';
import { expect, it } from 'vitest';
import { differenceWords, transformWords } from '../../../src/ui/views/align/align-words.js';

const BEFORE = { name: 'v1' };
const AFTER = { name: 'v2' };
const fit = (transform: FittedTransform['transform'], kind: FittedTransform['kind'] = 'affine'): FittedTransform => ({
  ...{ kind, transform, inliers: 9, samples: 10, residualPx: 0.4, confidence: 0.9 },
});
const turned = (degrees: number): FittedTransform['transform'] => {
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  return [cos, -sin, 0, sin, cos, 0, 0, 0, 1];
};

it.each<[string, FittedTransform]>([
  ['Both lie on each other as they are.', fit([1.001, 0, 0.4, 0, 1.001, -0.4, 0, 0, 1])],
  ['“v1” was moved 12 px right to fit.', fit([1, 0, 12, 0, 1, 0, 0, 0, 1])],
  ['“v1” was moved 3 px left and 4 px down and scaled to 150% to fit.', fit([1.5, 0, -3, 0, 1.5, 4, 0, 0, 1])],
  ['“v1” was stretched to 200% in width to fit.', fit([2, 0, 0, 0, 1, 0, 0, 0, 1])],
  ['“v1” was stretched to 200% in width and 50% in height to fit.', fit([2, 0, 0, 0, 0.5, 0, 0, 0, 1])],
  ['“v1” was turned by 10.0° to fit.', fit(turned(10))],
  ['“v1” was brought to fit by a perspective.', fit([1, 0, 0, 0, 1, 0, 0.001, 0, 1], 'homography')],
])('a transform is said in words: %s', (words, transform) => {
  expect(transformWords(transform, BEFORE)).toBe(words);
});

it.each([
  [0, 'no visible differences'],
  [3, 'slight differences'],
  [20, 'clear differences'],
  [90, 'large differences'],
])('a mean difference of %d is called “%s”', (difference, words) => {
  const images = { aligned: new Uint8Array(), residual: new Uint8Array() };
  const alignment = { state: 'aligned' as const, coverage: 1, difference, ...images, fit: fit(turned(0)) };
  expect(differenceWords(alignment, BEFORE, AFTER)).toBe(
    `“v1” covers all of “v2”, with ${words} (${difference}.0 of 255 on average).`,
  );
});
