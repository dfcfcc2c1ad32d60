import { munkres } from 'munkres';

/** A pair less probable than this is worse than no counterpart. */
const NO_COUNTERPART = 0.5;

/**
 * One-to-one assignment of source layers to target candidates with the greatest sum of probabilities (Munkres, 1957).
 * @param probability (sources, candidates)
 * @returns for every source the index of its candidate, or null where it is better off without one
 */
export function assignLayers(probability: readonly (readonly number[])[]): (number | null)[] {
  const assigned: (number | null)[] = probability.map(() => null);
  // no pair costs more than none: one that would stands for "no counterpart", and no places need be added for that
  const costs = probability.map((row) => row.map((value) => 1 - Math.max(value, NO_COUNTERPART)));
  if ((probability[0]?.length ?? 0) === 0) return assigned;
  for (const [source, column] of munkres(costs)) {
    const value = probability[source]?.[column] ?? 0;
    if (value > NO_COUNTERPART) assigned[source] = column;
  }
  return assigned;
}
