import type { Node } from './agreement.js';
import type { Candidate } from './candidates.js';

/** Among candidates of one place, the one believed in most gives the position. */
const TIE_BREAK = 0.1;

/** A place in the target where a source point may be. */
export interface Place {
  /** The best candidate there. */
  candidate: Candidate;
  /** Beliefs of all candidates there, added up: several pairs of levels may have found it. */
  belief: number;
  support: number;
}

/**
 * The places of a point, the one believed in most first.
 * @param radiusPx candidates this near each other are one place, in target pixels
 */
export function rankPlaces(node: Node, radiusPx: number): Place[] {
  const near = (a: Candidate, b: Candidate) => Math.hypot(a.x - b.x, a.y - b.y) <= radiusPx;
  const ranked = node.candidates
    .map((candidate, k) => {
      const belief = node.candidates.reduce((sum, c, j) => sum + (near(c, candidate) ? (node.beliefs[j] ?? 0) : 0), 0);
      return { candidate, belief, support: node.support[k] ?? 0, rank: belief + TIE_BREAK * (node.beliefs[k] ?? 0) };
    })
    .sort((a, b) => b.rank - a.rank);
  const places: Place[] = [];
  for (const { candidate, belief, support } of ranked) {
    if (!places.some((place) => near(place.candidate, candidate))) places.push({ candidate, belief, support });
  }
  return places;
}
