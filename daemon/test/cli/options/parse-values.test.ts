import { InvalidArgumentError } from 'commander';
import { describe, expect, it } from 'vitest';
import {
  parseBoxes,
  parsePoints,
  positiveInteger,
  positiveIntegers,
  wholeNumber,
} from '../../../src/cli/options/parse-values.js';

it('parses whole numbers, and refuses anything else', () => {
  expect([wholeNumber('0'), positiveInteger('12'), positiveIntegers('3', [2])]).toEqual([0, 12, [2, 3]]);
  for (const text of ['', '-1', '1.5', 'x']) expect(() => wholeNumber(text)).toThrow(InvalidArgumentError);
  expect(() => positiveInteger('0')).toThrow('from 1');
});

const badRequest = (message: string) => expect.objectContaining({ code: 'BAD_REQUEST', message });

describe('points and boxes', () => {
  it('accept decimals, signs and any white space', () => {
    expect(parsePoints(' 1,2\t-3.5,0.25 \n 0,0 ')).toEqual([
      { x: 1, y: 2 },
      { x: -3.5, y: 0.25 },
      { x: 0, y: 0 },
    ]);
    expect(parseBoxes('1,2,3,4 -5.5,0,0.5,7')).toEqual([
      { x: 1, y: 2, w: 3, h: 4 },
      { x: -5.5, y: 0, w: 0.5, h: 7 },
    ]);
  });

  it.each([
    '50',
    '1,2,3',
    'a,b',
    '1,',
    ',1',
    '1;2',
    '1.,2',
    '1e3,2',
    'Infinity,2',
    'NaN,1',
    '0x10,1',
    '--1,2',
    '１,２',
  ])('refuse "%s" as a point', (part) =>
    expect(() => parsePoints(`5,5 ${part}`)).toThrow(badRequest(`"${part}" is not a point.`)),
  );

  it.each(['50,10', '1,2,3', '1,2,3,4,5', '1,2,3,0', '1,2,0,4', '1,2,-3,4', '1,2,x,4'])(
    'but "%s" is not a box',
    (part) => expect(() => parseBoxes(part)).toThrow(badRequest(`"${part}" is not a box with a width and a height.`)),
  );

  it.each(['', ' ', '\n\t'])('refuse the empty list %j', (text) => {
    expect(() => parsePoints(text)).toThrow(badRequest('There is nothing to match.'));
    expect(() => parseBoxes(text)).toThrow(badRequest('There is nothing to match.'));
  });
});
