/**
 * Probability by a logistic regression.
 * @param coefficients the bias, and one for each value
 */
export function logistic<Coefficients extends { readonly bias: number }>(
  coefficients: Coefficients,
  values: { readonly [name in keyof Omit<Coefficients, 'bias'>]: number },
): number {
  const of: Readonly<Record<string, unknown>> = coefficients;
  const logit = Object.entries<number>(values).reduce(
    (sum, [name, value]) => sum + Number(of[name]) * value,
    coefficients.bias,
  );
  return 1 / (1 + Math.exp(-logit));
}
