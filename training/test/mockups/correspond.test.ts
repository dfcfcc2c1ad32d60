import { describe, expect, it } from 'vitest';
import { correspond } from '../../mockups/correspond.js';
import type { Measured } from '../../mockups/measure.js';

const icon: Measured = {
  id: 'a',
  type: 'icon',
  box: [10, 20, 24, 24],
  visibility: 'whole',
  same: 'lucide:home',
  words: [],
};
const text: Measured = {
  id: 't',
  type: 'text',
  box: [0, 0, 80, 16],
  visibility: 'whole',
  same: 'See all|Inter',
  words: [
    { text: 'See', box: [0, 0, 30, 16] },
    { text: 'all', box: [40, 0, 25, 16] },
  ],
};
const side = (...elements: Measured[]) => ({ elements, scale: 1, finished: true });

describe('correspondence of measured elements', () => {
  it('pairs by id, with boxes in pixels of each image', () => {
    const pairs = correspond({ ...side(icon), scale: 0.5 }, { ...side(icon), scale: 2 });
    expect(pairs).toEqual([{ id: 'a', type: 'icon', source: [5, 10, 12, 12], target: [20, 40, 48, 48], rigid: true }]);
  });

  it('has no counterpart for absent or hidden elements', () => {
    expect(correspond(side(icon), side())).toMatchObject([{ source: [10, 20, 24, 24], target: null }]);
    expect(correspond(side({ ...icon, visibility: 'no' }), side(icon))).toMatchObject([{ source: null, rigid: false }]);
    expect(correspond(side({ ...icon, visibility: 'no' }), side())).toEqual([]);
  });

  it('excludes elements that are cut off on either side, since their visible centre differs', () => {
    expect(correspond(side(icon), side({ ...icon, visibility: 'partly' }))).toEqual([]);
  });

  it('excludes elements too small to distinguish from their neighbours', () => {
    expect(correspond({ ...side(icon), scale: 0.1 }, side(icon))).toEqual([]);
  });

  it('is rigid only for the same image in the same aspect ratio', () => {
    const rigid = (other: Partial<Measured>) => correspond(side(icon), side({ ...icon, ...other }))[0]?.rigid;
    expect(rigid({ box: [0, 0, 48, 48] })).toBe(true);
    expect(rigid({ same: 'tabler:home' })).toBe(false);
    expect(rigid({ box: [0, 0, 48, 30] })).toBe(false);
    expect(correspond(side({ ...icon, same: '' }), side({ ...icon, same: '' }))[0]?.rigid).toBe(false);
  });

  it('pairs the words of equal texts in any font', () => {
    const bold = { ...text, same: 'See all|Roboto' };
    const pairs = correspond(side(text), side(bold));
    expect(pairs.map(({ id, type, rigid }) => [id, type, rigid])).toEqual([
      ['t', 'text', false],
      ['t/0', 'word', true],
      ['t/1', 'word', true],
    ]);
  });

  it('includes the characters of a text on each side where it is visible', () => {
    const other = { ...text, same: 'Alle|Inter' };
    const words = (to: Measured, finished = true) => correspond(side(text), { ...side(to), finished })[0]?.words;
    expect(words(other)).toEqual({ source: 'See all', target: 'Alle' });
    expect(words({ ...other, visibility: 'no' })).toEqual({ source: 'See all', target: null });
    expect(words(other, false)).toEqual({ source: 'See all', target: null });
    expect(correspond(side(icon), side(icon))[0]).not.toHaveProperty('words');
  });

  it('pairs no words of different texts, of cut words, or of a skeleton', () => {
    const only = (other: Measured, finished = true) =>
      correspond(side(text), { ...side(other), finished }).filter(({ type }) => type === 'word');
    expect(only({ ...text, same: 'Alle anzeigen|Inter' })).toEqual([]);
    expect(only({ ...text, words: [{ text: '', box: [0, 0, 9, 9] }, ...text.words.slice(1)] })).toHaveLength(1);
    expect(only(text, false)).toEqual([]);
  });
});
