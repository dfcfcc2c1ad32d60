import { expect, it } from 'vitest';
import { filledRows } from '../../mockups/filled-rows.js';

it('extends the last of a row over the remaining columns', () => {
  expect(filledRows([6, 4, 8, 12, 3])).toEqual([6, 6, 12, 12, 12]);
});

it('keeps full rows', () => {
  expect(filledRows([4, 8, 6, 6])).toEqual([4, 8, 6, 6]);
});
