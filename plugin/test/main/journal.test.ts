import { describe, expect, it } from 'vitest';
import { Journal } from '../../src/main/changes/journal.js';

describe('taking back what was written', () => {
  it('goes backwards', () => {
    const order: number[] = [];
    const journal = new Journal();
    for (const n of [1, 2, 3]) journal.changed(() => order.push(n));
    expect(journal.rollBack()).toBe(true);
    expect(order).toEqual([3, 2, 1]);
  });

  it('goes on after something that could not be taken back, and tells of it', () => {
    const order: number[] = [];
    const journal = new Journal();
    journal.changed(() => order.push(1));
    journal.changed(() => {
      throw new Error('locked');
    });
    expect(journal.rollBack()).toBe(false);
    expect(order).toEqual([1]);
  });
});
