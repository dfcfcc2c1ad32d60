import type { Value } from '../../shared/design.js';
import { isList, isRecord } from '../fingerprint.js';
import { runsOf } from '../runs.js';
import { type Pair, recordKey } from './context.js';

/** Where a colour is used: dark themes often turn white grounds black and leave white labels. */
export type ColourRole = 'text' | 'fills' | 'strokes' | 'effects';

/** An opaque colour, each channel from 0 to 1. */
export type Rgb = { r: number; g: number; b: number };

/** Base's colours and those of the target in their place. */
export interface ColourMap {
  entries: ReadonlyMap<string, { colours: ReadonlyMap<string, Rgb> }>;
  /** Whether most of base's colours are others in the target, as in a dark theme. */
  isOtherTheme: boolean;
}

/** A theme changes at least this many colours, and this share of them. */
const THEME = { colours: 2, share: 0.5 } as const;

/** Pairs below this confidence are ignored. */
const LEAST_CONFIDENCE = 0.5;

/** Collects the colours of all corresponding paints, stops and effects. Leaves out what earlier runs wrote. */
export function colourMapOf(pairs: readonly Pair[], written: ReadonlySet<string>): ColourMap {
  const map = new Map<string, { colours: Map<string, Rgb> }>();
  const note = (key: string, to: Rgb) => {
    const entry = map.get(key) ?? { colours: new Map<string, Rgb>() };
    entry.colours.set(hexOf(to), { r: to.r, g: to.g, b: to.b });
    map.set(key, entry);
  };
  for (const { before, after, confidence } of pairs) {
    if (confidence < LEAST_CONFIDENCE) continue;
    for (const property of ['fills', 'strokes', 'effects'] as const) {
      if (written.has(recordKey(after.id, property))) continue;
      const role = property === 'fills' && before.type === 'TEXT' ? 'text' : property;
      for (const [from, to] of valuePairs(before.props, after.props, property)) {
        forEachColour(from, to, (a, b) => {
          note(`${role} ${hexOf(a)}`, b);
          note(hexOf(a), b);
        });
      }
    }
  }
  return { entries: map, isOtherTheme: isOtherTheme(map) };
}

function isOtherTheme(map: ReadonlyMap<string, { colours: ReadonlyMap<string, Rgb> }>): boolean {
  const colours = [...map].filter(([key]) => key.startsWith('#'));
  const changed = colours.filter(([key, entry]) => !entry.colours.has(key));
  return changed.length >= THEME.colours && changed.length >= colours.length * THEME.share;
}

type Props = { readonly [property: string]: Value };

/** The values of the layers, else those of runs, if both have equally many. */
function valuePairs(before: Props, after: Props, property: string): [Value, Value][] {
  const [from, to] = [before[property], after[property]];
  if (from !== undefined && to !== undefined) return [[from, to]];
  const [runsBefore, runsAfter] = [runsOf(before.runs), runsOf(after.runs)];
  if (runsBefore.length !== runsAfter.length) return [];
  return runsBefore.map((run, n) => [run.values[property] ?? null, runsAfter[n]?.values[property] ?? null]);
}

/** Calls back for colours in the same place, if both values have the same structure. */
function forEachColour(from: Value, to: Value, report: (from: Rgb, to: Rgb) => void): void {
  if (isRgb(from) && isRgb(to)) report(from, to);
  else if (isList(from) && isList(to)) {
    if (from.length !== to.length) return;
    for (const [n, item] of from.entries()) forEachColour(item, to[n] ?? null, report);
  } else if (isRecord(from) && isRecord(to) && from.type === to.type) {
    for (const key of Object.keys(from)) forEachColour(from[key] ?? null, to[key] ?? null, report);
  }
}

/** The one colour that the target has in place of `colour`: in the same role, else anywhere. Null if there is none. */
export function mappedColour(map: ColourMap, role: ColourRole, colour: Rgb): Rgb | null {
  for (const key of [`${role} ${hexOf(colour)}`, hexOf(colour)]) {
    const entry = map.entries.get(key);
    if (entry === undefined) continue;
    const [only, other] = entry.colours.values();
    return only !== undefined && other === undefined ? only : null;
  }
  return null;
}

export function isRgb(value: Value | undefined): value is Rgb & { readonly [key: string]: Value } {
  return isRecord(value) && [value.r, value.g, value.b].every((channel) => typeof channel === 'number');
}

/** #RRGGBB. */
export function hexOf({ r, g, b }: Rgb): string {
  const channels = [r, g, b].map((channel) =>
    Math.round(Math.min(1, Math.max(0, channel)) * 255)
      .toString(16)
      .padStart(2, '0'),
  );
  return `#${channels.join('').toUpperCase()}`;
}
