/** Coefficients of a logistic regression on the signs of a match (`signValues`), for the features of one backend and preset. */
export interface Calibration {
  bias: number;
  similarity: number;
  cycle: number;
  logSupport: number;
  beliefOdds: number;
  margin: number;
  marginBeyond: number;
}

/** Fitted by `npm run calibrate`; what it says of pairs that were left out of the fit stands in `docs/evaluation.md`. */
const FITTED: Readonly<Record<string, Calibration>> = {
  'ui default': {
    // beside the margin, similarity says nothing more: the fit gave it -0.06
    bias: -1.33,
    similarity: 0,
    cycle: 1.31,
    logSupport: 0.77,
    beliefOdds: 0.41,
    margin: 5.73,
    marginBeyond: 18.22,
  },
};

/**
 * For features nobody has fitted yet: similarities of two backends cannot be compared, so it does without; what is left
 * is that of `ui` without similarity and margin, at half the odds.
 */
const UNFITTED: Calibration = {
  bias: -3.54,
  similarity: 0,
  cycle: 3.01,
  logSupport: 0.58,
  beliefOdds: 0.8,
  margin: 0,
  marginBeyond: 0,
};

/** @param features backend and preset, as in `ui default` */
export function isFitted(features: string): boolean {
  return Object.hasOwn(FITTED, features);
}

/** @param features backend and preset, as in `ui default` */
export function calibrationOf(features: string): Calibration {
  return (isFitted(features) ? FITTED[features] : undefined) ?? UNFITTED;
}
