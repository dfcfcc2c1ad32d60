/** Indexes so that equal keys follow each other, groups in the order of their first. */
export function groupedOrder(keys: readonly string[]): number[] {
  const first = new Map<string, number>();
  for (const [index, key] of keys.entries()) if (!first.has(key)) first.set(key, index);
  const rank = (index: number) => first.get(keys[index] ?? '') ?? 0;
  return keys.map((_, index) => index).sort((a, b) => rank(a) - rank(b) || a - b);
}
