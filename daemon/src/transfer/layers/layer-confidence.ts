import { logistic } from '../../correspond/confidence.js';
import type { AgreedLayer, Option } from './agree-on-layers.js';

/**
 * Logistic regression (Platt, 1999) on what layers agreed on, fitted by `npm run calibrate` on layers of documents, of
 * drawn screens and of generated pairs.
 */
const COEFFICIENTS = { bias: -2.3, odds: 0.13, doubt: 0.21, own: 0.28, companyOdds: 0.45, lead: 0.14 };

/** Keeps the odds finite. */
const FLOOR = 0.01;

/** Log odds are cut here. */
const MOST_ODDS = 12;

/** The lead is cut here. */
const MOST_LEAD = 8;

/** Taken where no other is known, as for the layers that no network compared: neither for a candidate nor against it. */
const UNKNOWN_LEAD = 4;

/**
 * What is known of an option as the regression takes it.
 * @param lead by how much its candidate resembles the layer more than it resembles any other, as `ElementScores` has
 *   it; NaN where that is not known
 */
export function optionValues(
  option: Option,
  { company }: Pick<AgreedLayer, 'company'>,
  lead: number,
): Omit<typeof COEFFICIENTS, 'bias'> {
  const odds = within(MOST_ODDS, option.odds);
  return {
    odds,
    // below even odds each bit says more than above
    doubt: Math.min(0, odds),
    own: within(MOST_ODDS, option.own),
    companyOdds: Math.log((FLOOR + company) / (FLOOR + 1 - company)),
    lead: Number.isNaN(lead) ? UNKNOWN_LEAD : within(MOST_LEAD, lead),
  };
}

/**
 * Probability that the layer became each of its options. The likeliest is what the regression was fitted on; any other is
 * the less probable, the less it is believed than that.
 * @param lead of each candidate, as `ElementScores` has it
 */
export function optionConfidences(agreed: AgreedLayer, lead: Float32Array | undefined): number[] {
  const confidenceOf = (option: Option) => layerConfidence(option, agreed, lead?.[option.candidate] ?? Number.NaN);
  const best = likeliestOption(agreed.options);
  if (best === undefined) return [];
  const most = confidenceOf(best);
  return agreed.options.map((option) =>
    option === best ? most : Math.min(confidenceOf(option), (most * option.belief) / best.belief),
  );
}

export function likeliestOption(options: readonly Option[]): Option | undefined {
  return options.reduce<Option | undefined>(
    (most, option) => (most === undefined || option.belief > most.belief ? option : most),
    undefined,
  );
}

/** Probability that the layer became this candidate, the likeliest. */
export function layerConfidence(option: Option, agreed: Pick<AgreedLayer, 'company'>, lead: number): number {
  return logistic(COEFFICIENTS, optionValues(option, agreed, lead));
}

function within(most: number, value: number): number {
  return Math.min(most, Math.max(-most, value));
}
