import type { Option } from './agree-on-layers.js';

/**
 * Logistic regression (Platt, 1999) on what layers agreed on, fitted by `npm run calibrate` on layers of documents, of
 * drawn screens and of generated pairs.
 */
const COEFFICIENTS = { bias: 0.09, odds: 0.06, beliefOdds: 0.33, placedOdds: 0.28 };

/** Keeps the odds finite. */
const FLOOR = 0.01;

/** Log odds beyond this say nothing more. */
const MOST_ODDS = 12;

/**
 * What is known of an option as the regression takes it.
 * @param placed how sure the pixels are of any place of the layer, 0 to 1
 */
export function optionValues({ odds, belief }: Option, placed: number): Omit<typeof COEFFICIENTS, 'bias'> {
  return {
    odds: Math.min(MOST_ODDS, Math.max(-MOST_ODDS, odds)),
    beliefOdds: oddsOf(belief),
    placedOdds: oddsOf(placed),
  };
}

/** Probability that the layer became this candidate. */
export function layerConfidence(option: Option, placed: number): number {
  const { odds, beliefOdds, placedOdds } = optionValues(option, placed);
  const { bias, ...of } = COEFFICIENTS;
  return 1 / (1 + Math.exp(-(bias + of.odds * odds + of.beliefOdds * beliefOdds + of.placedOdds * placedOdds)));
}

function oddsOf(probability: number): number {
  return Math.log((FLOOR + probability) / (FLOOR + 1 - probability));
}
