import { describe, expect, it } from 'vitest';
import { Journal } from '../../src/main/changes/journal.js';

describe('a rollback', () => {
  it('undoes the latest write first', () => {
    const order: number[] = [];
    const journal = new Journal();
    for (const n of [1, 2, 3]) journal.onRollBack(() => order.push(n));
    expect(journal.rollBack()).toBe(true);
    expect(order).toEqual([3, 2, 1]);
  });

  it('continues after a failed undo, and reports it', () => {
    const order: number[] = [];
    const journal = new Journal();
    journal.onRollBack(() => order.push(1));
    journal.onRollBack(() => {
      throw new Error('locked');
    });
    expect(journal.rollBack()).toBe(false);
    expect(order).toEqual([1]);
  });
});
