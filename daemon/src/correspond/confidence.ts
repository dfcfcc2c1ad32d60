/** Coefficients of a logistic regression on {@link ConfidenceFeatures}, for the descriptors of one backend and preset. */
export interface Calibration {
  bias: number;
  similarity: number;
  cycle: number;
  logSupport: number;
  logOdds: number;
  margin: number;
  marginBeyond: number;
}

/** Fitted by `npm run calibrate`; `docs/evaluation.md` has the calibration error on held-out pairs. */
const FITTED: Readonly<Record<string, Calibration>> = {
  'ui default': {
    bias: -1.33,
    // the margin already contains the similarity: the fit gave it -0.06
    similarity: 0,
    cycle: 1.31,
    logSupport: 0.77,
    logOdds: 0.41,
    margin: 5.73,
    marginBeyond: 18.22,
  },
};

/**
 * For backends without a fit: that of `ui` without similarity and margin, which differ between backends, at half the
 * log-odds.
 */
const UNFITTED: Calibration = {
  bias: -3.54,
  similarity: 0,
  cycle: 3.01,
  logSupport: 0.58,
  logOdds: 0.8,
  margin: 0,
  marginBeyond: 0,
};

/** @param preset backend and preset, for example `ui default` */
export function isFitted(preset: string): boolean {
  return Object.hasOwn(FITTED, preset);
}

/** @param preset backend and preset, for example `ui default` */
export function calibrationOf(preset: string): Calibration {
  return (isFitted(preset) ? FITTED[preset] : undefined) ?? UNFITTED;
}

/** What the confidence of a match is computed from. */
export interface ConfidenceFeatures {
  /** Cosine similarity of the two descriptors. */
  similarity: number;
  /** Distance from the starting point to the backward match, in cells of the source; infinite without a backward check. */
  cycleCells: number;
  /** Of the match among all candidates, 0 to 1. */
  probability: number;
  /** Share of the neighbours that predict the match, 0 to 1. */
  support: number;
  /** Similarity minus that of the dustbin; 0 for networks without one. */
  margin: number;
}

/** Keep the logarithms finite. */
const FLOOR = { support: 0.02, probability: 0.01 };

/** The regression is linear in the margin on either side of this. */
const MARGIN_KNEE = 0.1;

/** The inputs of the regression. */
export function regressionInputs(features: ConfidenceFeatures): Omit<Calibration, 'bias'> {
  const { similarity, cycleCells, probability, support, margin } = features;
  return {
    similarity,
    cycle: 1 / (1 + cycleCells),
    logSupport: Math.log(FLOOR.support + support),
    logOdds: Math.log((FLOOR.probability + probability) / (FLOOR.probability + 1 - probability)),
    margin: Math.min(margin, MARGIN_KNEE),
    marginBeyond: Math.max(0, margin - MARGIN_KNEE),
  };
}

/** Probability that a match is correct: that the point has a counterpart, and that it is this candidate. */
export function confidenceOf(features: ConfidenceFeatures, calibration: Calibration): number {
  return logistic(calibration, regressionInputs(features));
}

/**
 * The probability that a logistic regression gives.
 * @param coefficients the bias, and one for each input
 */
export function logistic<Coefficients extends { readonly bias: number }>(
  coefficients: Coefficients,
  inputs: { readonly [name in keyof Omit<Coefficients, 'bias'>]: number },
): number {
  const byName: Readonly<Record<string, unknown>> = coefficients;
  const logit = Object.entries<number>(inputs).reduce(
    (sum, [name, input]) => sum + Number(byName[name]) * input,
    coefficients.bias,
  );
  return 1 / (1 + Math.exp(-logit));
}
