import { isList, isRecord } from '../../plugin/src/edits/fingerprint.js';
import type { Design, Value } from '../../plugin/src/shared/design.js';

const PAINTED = ['fills', 'strokes', 'effects'] as const;

/** All colours of a value in their order, as text. */
export function coloursIn(value: Value): string[] {
  if (isList(value)) return value.flatMap(coloursIn);
  if (!isRecord(value)) return [];
  const { r, g, b } = value;
  if (typeof r === 'number') return [JSON.stringify([r, g ?? 0, b ?? 0])];
  return Object.values(value).flatMap(coloursIn);
}

/** For each colour of base all colours that layers of the same key have in its place. */
export function colourMapOf(base: Design, theirs: Design): ReadonlyMap<string, ReadonlySet<string>> {
  const map = new Map<string, Set<string>>();
  for (const { id, props } of Object.values(base.layers)) {
    for (const property of PAINTED) {
      const from = coloursIn(props[property] ?? null);
      const to = coloursIn(theirs.layers[id]?.props[property] ?? null);
      if (from.length !== to.length) continue;
      for (const [n, colour] of from.entries()) map.set(colour, (map.get(colour) ?? new Set()).add(to[n] ?? ''));
    }
  }
  return map;
}
