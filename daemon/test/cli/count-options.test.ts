import { InvalidArgumentError } from 'commander';
import { expect, it } from 'vitest';
import { positiveInteger, positiveIntegers, wholeNumber } from '../../src/cli/options/count-options.js';

it('reads counts, and refuses what is none', () => {
  expect([wholeNumber('0'), positiveInteger('12'), positiveIntegers('3', [2])]).toEqual([0, 12, [2, 3]]);
  for (const text of ['', '-1', '1.5', 'x']) expect(() => wholeNumber(text)).toThrow(InvalidArgumentError);
  expect(() => positiveInteger('0')).toThrow('from 1');
});
