import type { Calibration } from './calibrations.js';
import { logistic } from './logistic.js';

/** What is known about a match. */
export interface MatchSigns {
  /** Cosine similarity of the two feature columns. */
  similarity: number;
  /** How far from its start the backward match ends, in cells of the source; infinite where it was not looked at. */
  cycleCells: number;
  /** Belief in the place against all others found, 0 to 1. */
  belief: number;
  /** How well neighbours predict the place, 0 to 1. */
  support: number;
  /** By how much the place is more similar than "no counterpart"; 0 for features that have learned nothing of that. */
  margin: number;
}

/** Keeps logarithms finite: support and odds below this are as good as none. */
const FLOOR = { support: 0.02, belief: 0.01 };

/** Beyond this margin each bit more says more than below it. */
const MARGIN_KNEE = 0.1;

/** The signs as the regression takes them. */
export function signValues({ similarity, cycleCells, belief, support, margin }: MatchSigns): Omit<Calibration, 'bias'> {
  return {
    similarity,
    cycle: 1 / (1 + cycleCells),
    logSupport: Math.log(FLOOR.support + support),
    // also tells the ratio of the best place to the second: together they have nearly all of the belief
    beliefOdds: Math.log((FLOOR.belief + belief) / (FLOOR.belief + 1 - belief)),
    margin: Math.min(margin, MARGIN_KNEE),
    marginBeyond: Math.max(0, margin - MARGIN_KNEE),
  };
}

/** Probability that a match is right: that there is a counterpart, and that it is this place among those found. */
export function confidenceOf(signs: MatchSigns, calibration: Calibration): number {
  return logistic(calibration, signValues(signs));
}
