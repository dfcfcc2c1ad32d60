/** What is known about a match. */
export interface MatchSigns {
  /** Cosine similarity of the two feature columns. */
  similarity: number;
  /** Did the backward match return to the start? */
  returns: boolean;
  /** Belief in the place against all others found, 0 to 1. */
  belief: number;
  /** How well neighbours predict the place, 0 to 1. */
  support: number;
}

/** Probability that a match is right, from what is known about it. */
export function confidenceOf(signs: MatchSigns): number {
  return signs.belief;
}
