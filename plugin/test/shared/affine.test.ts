import { expect, it } from 'vitest';
import { applyToBox } from '../../src/shared/affine.js';

it('bounds a rotated box', () => {
  const quarterTurn = { a: 0, b: 1, c: -1, d: 0, e: 100, f: 0 };
  expect(applyToBox(quarterTurn, { x: 10, y: 10, w: 20, h: 10 })).toEqual({ x: 80, y: 10, w: 10, h: 20 });
});
