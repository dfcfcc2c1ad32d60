/** What is known about a match. */
export interface MatchSigns {
  /** Cosine similarity of the two feature columns. */
  similarity: number;
  /** Did the backward match return to the start? */
  returns: boolean;
  /** How far from the start it ended, in cells of the source; infinite where it was not looked at. */
  cycleCells: number;
  /** Belief in the place against all others found, 0 to 1. */
  belief: number;
  /** Belief in the best of the other places. */
  rival: number;
  /** How well neighbours predict the place, 0 to 1. */
  support: number;
}

/**
 * Logistic regression on the pairs of `docs/evaluation.md`, true targets against targets of other pairs; how it was
 * fitted and what it gives on pairs left out stands there.
 */
const LOGIT = { similarity: 9.3, returns: 0.6, logSupport: 3.9, bias: -2.3, supportFloor: 0.02 };

/** Probability that a match is right: that there is a counterpart, and that it is this place among those found. */
export function confidenceOf({
  similarity,
  returns,
  belief,
  support,
}: Omit<MatchSigns, 'cycleCells' | 'rival'>): number {
  const logit =
    LOGIT.similarity * similarity +
    LOGIT.returns * Number(returns) +
    LOGIT.logSupport * Math.log(LOGIT.supportFloor + support) +
    LOGIT.bias;
  return belief / (1 + Math.exp(-logit));
}
