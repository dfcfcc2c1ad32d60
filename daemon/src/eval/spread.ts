/** `count` of `values`, evenly spread and in their order; all of them where there are no more. */
export function spread<T>(values: readonly T[], count: number): T[] {
  if (count >= values.length) return [...values];
  return values.filter(
    (_, n) => Math.floor((n * count) / values.length) !== Math.floor(((n - 1) * count) / values.length),
  );
}
