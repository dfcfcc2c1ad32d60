import { type Random, random } from './random.js';

/** What was moved, taken out and put in, against a screen as first drawn. */
export interface Edit {
  seed: string;
  reorder: boolean;
  /** Probability that a part is left out. */
  removed: number;
  /** Probability that a place gets another part. */
  inserted: number;
}

export const UNEDITED: Edit = { seed: '', reorder: false, removed: 0, inserted: 0 };

/** The numbers 0 … count−1 as an edit leaves them; parts that were put in have numbers from `count` on. */
export function edited(edit: Edit, key: string, count: number): number[] {
  const all = Array.from({ length: count }, (_, n) => n);
  if (edit.seed === '' || count < 2) return all;
  const rng = random(edit.seed, key);
  const left = all.filter(() => !rng.chance(edit.removed));
  const kept = left.length === 0 ? all.slice(0, 1) : left;
  const ordered = edit.reorder ? jostled(kept, rng) : kept;
  let added = count;
  return ordered.flatMap((n) => (rng.chance(edit.inserted) ? [added++, n] : [n]));
}

/** How many places a part moves at most: versions of a screen change places with their neighbours, not with everyone. */
const REACH = 3;

function jostled(numbers: readonly number[], rng: Random): number[] {
  return numbers
    .map((n, at) => ({ n, at: at + rng.next() * REACH }))
    .sort((a, b) => a.at - b.at)
    .map(({ n }) => n);
}
