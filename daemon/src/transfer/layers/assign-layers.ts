import { munkres } from 'munkres';

/** A less probable pair counts as no counterpart. */
export const NO_COUNTERPART = 0.5;

/**
 * One-to-one assignment of source layers to target candidates with the greatest sum of probabilities (Munkres, 1957).
 * @param probability (sources, candidates)
 * @returns for every source the index of its candidate, or null without a counterpart
 */
export function assignLayers(probability: readonly (readonly number[])[]): (number | null)[] {
  const assigned: (number | null)[] = probability.map(() => null);
  // cost is capped at that of no counterpart, so no dummy candidates are needed
  const costs = probability.map((row) => row.map((value) => 1 - Math.max(value, NO_COUNTERPART)));
  if ((probability[0]?.length ?? 0) === 0) return assigned;
  for (const [source, column] of munkres(costs)) {
    const value = probability[source]?.[column] ?? 0;
    if (value > NO_COUNTERPART) assigned[source] = column;
  }
  return assigned;
}
