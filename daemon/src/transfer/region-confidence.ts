/**
 * A region is found or not as a whole, so the share of its points' confidence that agrees is stretched: logistic
 * regression on the odds of the share (Platt, 1999), fitted by `npm run calibrate` on boxes of drawn screens.
 */
const COEFFICIENTS = { bias: -1.25, shareOdds: 1.67 };

/** Keeps the odds finite. */
const FLOOR = 0.01;

/** The share as the regression takes it. */
export function shareOdds(share: number): number {
  return Math.log((FLOOR + share) / (FLOOR + 1 - share));
}

/** Probability that a region is placed rightly, by the odds of the share of its points' confidence behind the fit. */
export function regionConfidence(odds: number): number {
  return 1 / (1 + Math.exp(-(COEFFICIENTS.bias + COEFFICIENTS.shareOdds * odds)));
}
