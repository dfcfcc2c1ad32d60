import type { DesignLayer, Value } from '../shared/design.js';
import { STYLED } from './diff/derived.js';
import { isList, isRecord, sameValue } from './fingerprint.js';
import { isStringId } from './tree.js';

/** A stretch of text with the same values of all properties that are mixed in its layer. */
export interface Run {
  start: number;
  end: number;
  values: { readonly [property: string]: Value };
}

/** The runs of `props.runs`; none if all properties are uniform. */
export function runsOf(value: Value | undefined): Run[] {
  if (!isList(value)) return [];
  return value.flatMap((item) => {
    if (!isRecord(item) || typeof item.start !== 'number' || typeof item.end !== 'number') return [];
    return [{ start: item.start, end: item.end, values: isRecord(item.values) ? item.values : {} }];
  });
}

export function valueOfRuns(runs: readonly Run[]): Value {
  return runs.map(({ start, end, values }) => ({ start, end, values }));
}

export function charactersOf(layer: DesignLayer): string {
  return typeof layer.props.characters === 'string' ? layer.props.characters : '';
}

/** The names of all properties that are mixed. */
export function mixedProperties(runs: readonly Run[]): string[] {
  return [...new Set(runs.flatMap((run) => Object.keys(run.values)))];
}

/** A property at one character: of its run, else of the whole layer. */
export function valueAt(layer: DesignLayer, runs: readonly Run[], property: string, index: number): Value {
  const run = runs.find(({ start, end }) => start <= index && index < end);
  return run?.values[property] ?? layer.props[property] ?? null;
}

/** All starts of runs, in order. */
export function boundaries(length: number, ...lists: readonly (readonly Run[])[]): number[] {
  const starts = new Set([0, ...lists.flatMap((runs) => runs.flatMap(({ start, end }) => [start, end]))]);
  return [...starts].filter((at) => at < length).sort((a, b) => a - b);
}

/** Adjacent runs with equal values become one. */
export function joinRuns(runs: readonly Run[]): Run[] {
  const joined: Run[] = [];
  for (const run of runs) {
    const last = joined[joined.length - 1];
    if (last !== undefined && last.end === run.start && sameValue(last.values, run.values)) last.end = run.end;
    else if (run.end > run.start) joined.push({ ...run });
  }
  return joined;
}

/**
 * Where runs are after the characters change. What differs between the common prefix and suffix takes the style of the
 * first character it replaces, or of the one before it, as when one types.
 */
export function adaptRuns(runs: readonly Run[], before: string, after: string): Run[] {
  if (before === after || runs.length === 0) return [...runs];
  const prefix = commonPrefix(before, after);
  const suffix = commonSuffix(before.slice(prefix), after.slice(prefix));
  const [oldEnd, newEnd] = [before.length - suffix, after.length - suffix];
  const model = oldEnd > prefix ? prefix : Math.max(0, prefix - 1);
  const values = runs.find(({ start, end }) => start <= model && model < end)?.values ?? {};
  const tail = clip(runs, oldEnd, before.length).map(({ start, end, values }) => ({
    start: start + newEnd - oldEnd,
    end: end + newEnd - oldEnd,
    values,
  }));
  return joinRuns([...clip(runs, 0, prefix), { start: prefix, end: newEnd, values }, ...tail]);
}

/** The parts of runs between two characters. */
function clip(runs: readonly Run[], from: number, to: number): Run[] {
  return runs
    .map((run) => ({ ...run, start: Math.max(run.start, from), end: Math.min(run.end, to) }))
    .filter(({ start, end }) => start < end);
}

function commonPrefix(a: string, b: string): number {
  let n = 0;
  while (n < a.length && n < b.length && a[n] === b[n]) n++;
  return n;
}

function commonSuffix(a: string, b: string): number {
  let n = 0;
  while (n < a.length && n < b.length && a[a.length - 1 - n] === b[b.length - 1 - n]) n++;
  return n;
}

/** Whether a style of the run or of the layer decides the property there. */
export function isStyledAt(layer: DesignLayer, runs: readonly Run[], property: string, index: number): boolean {
  return Object.entries(STYLED).some(
    ([style, properties]) => properties.includes(property) && isStringId(valueAt(layer, runs, style, index)),
  );
}
