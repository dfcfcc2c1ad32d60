import { type Random, random } from './random.js';

/** Parts moved, removed and inserted, compared to the original screen. */
export interface Edit {
  seed: string;
  reorder: boolean;
  /** Probability of removing a part. */
  removed: number;
  /** Probability of inserting a part at a position. */
  inserted: number;
}

export const UNEDITED: Edit = { seed: '', reorder: false, removed: 0, inserted: 0 };

/** Indices 0 … count−1 after an edit; inserted parts have indices from `count` on. */
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

/** Largest move of a part, in positions: parts swap with neighbours. */
const REACH = 3;

function jostled(numbers: readonly number[], rng: Random): number[] {
  return numbers
    .map((n, at) => ({ n, at: at + rng.next() * REACH }))
    .sort((a, b) => a.at - b.at)
    .map(({ n }) => n);
}
