import { munkres } from 'munkres';
import type { Likeness } from './layer-cues.js';

/** A pair less alike than this is worse than no counterpart. */
const NO_COUNTERPART = 0.4;

/**
 * One-to-one assignment of source layers to target candidates with the greatest sum of likenesses (Munkres, 1957).
 * @param likeness (sources, candidates)
 * @returns for every source the index of its candidate, or null where it is better off without one
 */
export function assignLayers(likeness: readonly (readonly Likeness[])[]): (number | null)[] {
  const candidates = likeness[0]?.length ?? 0;
  // every source may also take a place of its own that stands for "no counterpart"
  const costs = likeness.map((row) => [
    ...row.map(({ score }) => 1 - score),
    ...likeness.map(() => 1 - NO_COUNTERPART),
  ]);
  const assigned: (number | null)[] = likeness.map(() => null);
  for (const [source, column] of munkres(costs)) {
    if (column < candidates) assigned[source] = column;
  }
  return assigned;
}
