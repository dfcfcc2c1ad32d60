import type { Option } from './agree-on-layers.js';

/**
 * Logistic regression (Platt, 1999) on what layers agreed on, fitted by `npm run calibrate` on layers of documents and
 * drawn screens.
 */
const COEFFICIENTS = { bias: -0.21, odds: 0.17, beliefOdds: 0.49 };

/** Keeps the odds finite. */
const FLOOR = 0.01;

/** Log odds beyond this say nothing more. */
const MOST_ODDS = 12;

/** What is known of an option as the regression takes it. */
export function optionValues({ odds, belief }: Option): Omit<typeof COEFFICIENTS, 'bias'> {
  return {
    odds: Math.min(MOST_ODDS, Math.max(-MOST_ODDS, odds)),
    beliefOdds: Math.log((FLOOR + belief) / (FLOOR + 1 - belief)),
  };
}

/** Probability that the layer became this candidate. */
export function layerConfidence(option: Option): number {
  const { odds, beliefOdds } = optionValues(option);
  return 1 / (1 + Math.exp(-(COEFFICIENTS.bias + COEFFICIENTS.odds * odds + COEFFICIENTS.beliefOdds * beliefOdds)));
}
