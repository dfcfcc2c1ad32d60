import { munkres } from 'munkres';

/** A pair less alike than this is worse than no counterpart. */
const NO_COUNTERPART = 0.4;

/**
 * One-to-one assignment of source layers to target candidates with the greatest sum of likenesses (Munkres, 1957).
 * @param likeness (sources, candidates)
 * @returns for every source the index of its candidate, or null where it is better off without one
 */
export function assignLayers(likeness: readonly (readonly number[])[]): (number | null)[] {
  const assigned: (number | null)[] = likeness.map(() => null);
  // no pair costs more than none: one that would stands for "no counterpart", and no places need be added for that
  const costs = likeness.map((row) => row.map((score) => 1 - Math.max(score, NO_COUNTERPART)));
  if ((likeness[0]?.length ?? 0) === 0) return assigned;
  for (const [source, column] of munkres(costs)) {
    const score = likeness[source]?.[column] ?? 0;
    if (score > NO_COUNTERPART) assigned[source] = column;
  }
  return assigned;
}
