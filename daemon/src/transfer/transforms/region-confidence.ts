import { logistic } from '../../correspond/logistic.js';

/**
 * A region is found or not as a whole, so the share of its points' confidence that agrees is stretched: logistic
 * regression on the odds of the share (Platt, 1999), fitted by `npm run calibrate` on boxes of drawn screens.
 */
const COEFFICIENTS = { bias: -1.25, odds: 1.04, oddsBeyond: 1.95 };

/** Keeps the odds finite. */
const FLOOR = 0.01;

/** Log odds of a share of about three quarters: beyond it, each point more says more. */
const KNEE = 1;

/** The share of the points' confidence behind a place as the regression takes it. */
export function shareValues(share: number): Omit<typeof COEFFICIENTS, 'bias'> {
  const odds = Math.log((FLOOR + share) / (FLOOR + 1 - share));
  return { odds: Math.min(odds, KNEE), oddsBeyond: Math.max(0, odds - KNEE) };
}

/** Probability that a region is placed rightly, by the share of its points' confidence behind the fit. */
export function regionConfidence(share: number): number {
  return logistic(COEFFICIENTS, shareValues(share));
}
