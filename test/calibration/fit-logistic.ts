/** An example of a logistic regression. */
export interface Example {
  values: readonly number[];
  right: boolean;
  weight: number;
}

/** Ridge penalty, as part of the weight of all examples. Keeps coefficients finite for separable examples. */
const RIDGE = 1e-3;
const ITERATIONS = 50;

/**
 * Weighted logistic regression by Newton's method (iteratively reweighted least squares). Values are scaled to
 * unit spread, so that the ridge does not depend on their units.
 * @returns the bias, then one coefficient per value
 */
export function fitLogistic(examples: readonly Example[]): number[] {
  const size = 1 + (examples[0]?.values.length ?? 0);
  const spreads = Array.from({ length: size - 1 }, (_, i) => spread(examples, i));
  const rows = examples.map(({ values }) => values.map((value, i) => value / (spreads[i] ?? 1)));
  const ridge = RIDGE * examples.reduce((sum, { weight }) => sum + weight, 0);
  let coefficients = new Array<number>(size).fill(0);
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    const gradient = coefficients.map((c, i) => (i === 0 ? 0 : -ridge * c));
    const hessian = coefficients.map((_, i) => coefficients.map((__, j) => (i === j && i > 0 ? ridge : 0)));
    for (const [n, row] of rows.entries()) {
      const { right = false, weight = 0 } = examples[n] ?? {};
      const p = probability(coefficients, row);
      const inputs = [1, ...row];
      for (const [i, value] of inputs.entries()) {
        gradient[i] = (gradient[i] ?? 0) + weight * (Number(right) - p) * value;
        const line = hessian[i] ?? [];
        for (const [j, other] of inputs.entries()) line[j] = (line[j] ?? 0) + weight * p * (1 - p) * value * other;
      }
    }
    const step = solve(hessian, gradient);
    coefficients = coefficients.map((c, i) => c + (step[i] ?? 0));
  }
  return coefficients.map((c, i) => (i === 0 ? c : c / (spreads[i - 1] ?? 1)));
}

/** Weighted standard deviation of one of the values. */
function spread(examples: readonly Example[], index: number): number {
  const mean = (pick: (value: number) => number) => {
    const total = examples.reduce((sum, { weight }) => sum + weight, 0);
    return examples.reduce((sum, { values, weight }) => sum + weight * pick(values[index] ?? 0), 0) / total;
  };
  const middle = mean((value) => value);
  return Math.sqrt(mean((value) => (value - middle) ** 2)) || 1;
}

/** @param coefficients the bias, then one per value */
export function probability([bias = 0, ...coefficients]: readonly number[], values: readonly number[]): number {
  return 1 / (1 + Math.exp(-values.reduce((sum, value, i) => sum + value * (coefficients[i] ?? 0), bias)));
}

/** Gaussian elimination with pivoting. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i] ?? 0]);
  const size = rows.length;
  for (let column = 0; column < size; column++) {
    rows.splice(column, 0, ...rows.splice(largestBelow(rows, column), 1));
    const pivot = rows[column] ?? [];
    for (const [i, row] of rows.entries()) {
      if (i === column) continue;
      const factor = (row[column] ?? 0) / (pivot[column] ?? 1);
      for (let j = column; j <= size; j++) row[j] = (row[j] ?? 0) - factor * (pivot[j] ?? 0);
    }
  }
  return rows.map((row, i) => (row[size] ?? 0) / (row[i] ?? 1));
}

function largestBelow(rows: readonly (readonly number[])[], column: number): number {
  const sizes = rows.map((row, i) => (i < column ? -1 : Math.abs(row[column] ?? 0)));
  return sizes.indexOf(Math.max(...sizes));
}
