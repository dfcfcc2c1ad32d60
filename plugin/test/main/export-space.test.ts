import { expect, it } from 'vitest';
import { hasProportionsOf } from '../../src/main/canvas/export-space.js';

it.each([
  [300, true],
  [302, true],
  [303, false],
  [297, false],
])('an export of a 200 × 150 frame with 400 × %i pixels has its proportions: %s', (height, expected) => {
  expect(hasProportionsOf({ width: 200, height: 150 }, { width: 400, height })).toBe(expected);
});
