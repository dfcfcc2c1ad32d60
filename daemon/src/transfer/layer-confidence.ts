import { logistic } from '../correspond/logistic.js';
import { type Option, strongest } from './agree-on-layers.js';

/**
 * Logistic regression (Platt, 1999) on what layers agreed on, fitted by `npm run calibrate` on layers of documents, of
 * drawn screens and of generated pairs.
 */
const COEFFICIENTS = { bias: -1.67, odds: 0.09, doubt: 0.21, choiceOdds: 0.46, placedOdds: 0.19, companyOdds: 0.32 };

/** Keeps the odds finite. */
const FLOOR = 0.01;

/** Log odds beyond this say nothing more. */
const MOST_ODDS = 12;

/** What is known of a layer besides its options. */
export interface LayerSigns {
  /** How sure the pixels are of any place of it, 0 to 1. */
  placed: number;
  /** How sure the layers that are sought together are of what they became, 0 to 1. */
  company: number;
}

/** The mean belief in what each layer most probably became. */
export function companyOf(options: readonly (readonly Option[])[]): number {
  return options.reduce((sum, row) => sum + strongest(row), 0) / Math.max(1, options.length);
}

/**
 * What is known of an option as the regression takes it.
 * @param all the options of its layer
 */
export function optionValues(
  option: Option,
  all: readonly Option[],
  signs: LayerSigns,
): Omit<typeof COEFFICIENTS, 'bias'> {
  const odds = Math.min(MOST_ODDS, Math.max(-MOST_ODDS, option.odds));
  const choice = 1 / all.reduce((sum, other) => sum + Math.exp(other.odds - option.odds), 0);
  return {
    odds,
    // below even odds each bit says more than above
    doubt: Math.min(0, odds),
    choiceOdds: oddsOf(choice),
    placedOdds: oddsOf(signs.placed),
    companyOdds: oddsOf(signs.company),
  };
}

/** Probability that the layer became this candidate. */
export function layerConfidence(option: Option, all: readonly Option[], signs: LayerSigns): number {
  return logistic(COEFFICIENTS, optionValues(option, all, signs));
}

function oddsOf(probability: number): number {
  return Math.log((FLOOR + probability) / (FLOOR + 1 - probability));
}
