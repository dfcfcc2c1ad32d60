import type { Option } from './agree-on-layers.js';

/**
 * Logistic regression (Platt, 1999) on what layers agreed on, fitted by `npm run calibrate` on layers of documents, of
 * drawn screens and of generated pairs.
 */
const COEFFICIENTS = { bias: -0.28, odds: 0.2, beliefOdds: 0.19 };

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
