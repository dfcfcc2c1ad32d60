import { describe, expect, it } from 'vitest';
import { edited, UNEDITED } from '../../mockups/edit.js';

const sorted = (numbers: number[]) => [...numbers].sort((a, b) => a - b);

describe('an edit of repeated parts', () => {
  it('keeps them if nothing is edited', () => {
    expect(edited(UNEDITED, 'list', 4)).toEqual([0, 1, 2, 3]);
  });

  it('moves parts without dropping any', () => {
    const numbers = edited({ ...UNEDITED, seed: 'a', reorder: true }, 'list', 8);
    expect(numbers).not.toEqual(sorted(numbers));
    expect(sorted(numbers)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('removes parts, but never the last', () => {
    expect(edited({ ...UNEDITED, seed: 'a', removed: 0.5 }, 'list', 20).length).toBeLessThan(20);
    expect(edited({ ...UNEDITED, seed: 'a', removed: 1 }, 'list', 5)).toHaveLength(1);
  });

  it('gives inserted parts new numbers', () => {
    const numbers = edited({ ...UNEDITED, seed: 'a', inserted: 1 }, 'list', 3);
    expect(numbers).toEqual([3, 0, 4, 1, 5, 2]);
  });

  it('depends on the seed and the list', () => {
    const edit = { ...UNEDITED, seed: 'a', reorder: true };
    expect(edited(edit, 'list', 9)).toEqual(edited(edit, 'list', 9));
    expect(edited(edit, 'other list', 9)).not.toEqual(edited(edit, 'list', 9));
  });
});
