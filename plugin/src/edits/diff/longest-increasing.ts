/**
 * The indices of one longest strictly increasing subsequence, ascending. What is outside of it is the fewest items that
 * must move to sort the list. Patience sorting, O(n log n).
 */
export function longestIncreasing(values: readonly number[]): number[] {
  /** The index of the smallest last value of an increasing subsequence, by its length. */
  const tails: number[] = [];
  const previous: number[] = [];
  values.forEach((value, n) => {
    const length = firstNotBelow(tails, values, value);
    previous[n] = length > 0 ? (tails[length - 1] ?? -1) : -1;
    tails[length] = n;
  });
  const indices: number[] = [];
  for (let n = tails[tails.length - 1] ?? -1; n >= 0; n = previous[n] ?? -1) indices.push(n);
  return indices.reverse();
}

function firstNotBelow(tails: readonly number[], values: readonly number[], value: number): number {
  let [low, high] = [0, tails.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((values[tails[middle] ?? 0] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
