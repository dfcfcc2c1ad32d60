import { expect, it } from 'vitest';
import { filledRows } from '../../mockups/filled-rows.js';

it('lets the last of a row take what the others leave', () => {
  expect(filledRows([6, 4, 8, 12, 3])).toEqual([6, 6, 12, 12, 12]);
});

it('leaves rows alone that are full', () => {
  expect(filledRows([4, 8, 6, 6])).toEqual([4, 8, 6, 6]);
});
