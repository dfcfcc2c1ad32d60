import type { Json } from './spec.js';

type Props = { [property: string]: Json };

/** A range of a text with the values of all fields that are mixed in it. */
export interface TextRun {
  start: number;
  end: number;
  values: Props;
}

/** The value of a field that differs within a range. */
export const MIXED: unique symbol = Symbol('mixed');

/** The fields that a range of characters can have on its own, with their defaults (typings: StyledTextSegment). */
export const RANGE_DEFAULTS: Props = {
  fontSize: 12,
  fontName: { family: 'Inter', style: 'Regular' },
  textDecoration: 'NONE',
  textDecorationStyle: null,
  textDecorationOffset: null,
  textDecorationThickness: null,
  textDecorationColor: null,
  textDecorationSkipInk: null,
  textCase: 'ORIGINAL',
  lineHeight: { unit: 'AUTO' },
  letterSpacing: { unit: 'PERCENT', value: 0 },
  fills: [],
  textStyleId: '',
  fillStyleId: '',
  listOptions: { type: 'NONE' },
  listSpacing: 0,
  indentation: 0,
  paragraphIndent: 0,
  paragraphSpacing: 0,
  textWrapStyle: 'WRAP',
  hyperlink: null,
  openTypeFeatures: {},
  boundVariables: {},
  textStyleOverrides: [],
};

const WEIGHTS: { readonly [style: string]: number } = { Regular: 400, Medium: 500, 'Semi Bold': 600, Bold: 700 };

function same(a: Json | undefined, b: Json | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function isProps(value: Json | undefined): value is Props {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function lengthOf(props: Props): number {
  return String(props.characters ?? '').length;
}

/** The runs of a text in order. Together they cover all characters; an empty text has none. */
export function runsOf(props: Props): TextRun[] {
  const stored = props.__runs;
  const length = lengthOf(props);
  if (!Array.isArray(stored)) return length === 0 ? [] : [{ start: 0, end: length, values: {} }];
  return stored.filter(isProps).map(({ start, end, values }) => ({
    start: Number(start),
    end: Number(end),
    values: isProps(values) ? { ...values } : {},
  }));
}

/** The value of a field in a run. */
export function valueIn(props: Props, run: TextRun | undefined, field: string): Json {
  if (field === 'fontWeight' || field === 'fontStyle') return fontTrait(valueIn(props, run, 'fontName'), field);
  return run?.values[field] ?? props[field] ?? RANGE_DEFAULTS[field] ?? null;
}

function fontTrait(fontName: Json, field: 'fontWeight' | 'fontStyle'): Json {
  const style = isProps(fontName) ? String(fontName.style) : 'Regular';
  if (field === 'fontStyle') return style.includes('Italic') ? 'ITALIC' : 'REGULAR';
  return WEIGHTS[style.replace(/ ?Italic/, '') || 'Regular'] ?? 400;
}

/** The value of a field in a range, or `MIXED`. Without a range: in the whole text. */
export function rangeValue(props: Props, field: string, start = 0, end = lengthOf(props)): Json | typeof MIXED {
  const runs = runsOf(props).filter((run) => run.start < end && run.end > start);
  const [first, ...rest] = runs.map((run) => valueIn(props, run, field));
  if (first === undefined) return valueIn(props, undefined, field);
  return rest.every((value) => same(value, first)) ? first : MIXED;
}

/** Sets fields of a range. */
export function setRange(props: Props, start: number, end: number, values: Props): void {
  const runs = split(split(runsOf(props), start), end);
  for (const run of runs) {
    if (run.start >= start && run.end <= end) Object.assign(run.values, values);
    else for (const field of Object.keys(values)) run.values[field] ??= valueIn(props, run, field);
  }
  store(props, runs);
}

function split(runs: TextRun[], at: number): TextRun[] {
  return runs.flatMap((run) =>
    run.start < at && at < run.end
      ? [
          { ...run, end: at, values: { ...run.values } },
          { ...run, start: at, values: { ...run.values } },
        ]
      : [run],
  );
}

/** Stores runs: what all share belongs to the text, the rest to the runs. */
function store(props: Props, runs: TextRun[]): void {
  const fields = new Set(runs.flatMap((run) => Object.keys(run.values)));
  for (const field of fields) {
    const [first, ...rest] = runs.map((run) => valueIn(props, run, field));
    if (first === undefined || !rest.every((value) => same(value, first))) {
      for (const run of runs) run.values[field] = valueIn(props, run, field);
      continue;
    }
    for (const run of runs) delete run.values[field];
    setField(props, field, first);
  }
  for (const field of mixedFields(runs)) delete props[field];
  const merged: TextRun[] = [];
  for (const run of runs) {
    const last = merged[merged.length - 1];
    if (last !== undefined && sameValues(last.values, run.values)) last.end = run.end;
    else merged.push(run);
  }
  if (merged.length < 2) delete props.__runs;
  else props.__runs = merged.map(({ start, end, values }) => ({ start, end, values }));
}

function mixedFields(runs: TextRun[]): string[] {
  return runs.length < 2 ? [] : Object.keys(runs[0]?.values ?? {});
}

function sameValues(a: Props, b: Props): boolean {
  return Object.keys(a).every((field) => same(a[field], b[field]));
}

/** Values equal to the default are not stored. */
export function setField(props: Props, field: string, value: Json): void {
  if (same(value, RANGE_DEFAULTS[field])) delete props[field];
  else props[field] = value;
}

/** Sets one field of the whole text. */
export function setWhole(props: Props, field: string, value: Json): void {
  setRange(props, 0, lengthOf(props), { [field]: value });
  setField(props, field, value);
}

/** Replaces the characters. All get the values of the first (typings: `characters` resets range styles). */
export function setCharacters(props: Props, characters: string): void {
  const [first] = runsOf(props);
  for (const [field, value] of Object.entries(first?.values ?? {})) setField(props, field, value);
  delete props.__runs;
  props.characters = characters;
}

/** Inserts characters with the values of the character before or after (typings: `insertCharacters`). */
export function insertCharacters(props: Props, at: number, characters: string, use: 'BEFORE' | 'AFTER'): void {
  const text = String(props.characters ?? '');
  const runs = runsOf(props);
  const isHeir = (run: TextRun) =>
    (use === 'BEFORE' && at > 0) || at === text.length
      ? run.start < at && at <= run.end
      : run.start <= at && at < run.end;
  const heir = runs.find(isHeir);
  const grown = runs.map((run) => {
    if (run === heir) return { ...run, end: run.end + characters.length };
    return run.start >= at ? { ...run, start: run.start + characters.length, end: run.end + characters.length } : run;
  });
  props.characters = text.slice(0, at) + characters + text.slice(at);
  if (runs.length > 1) store(props, grown);
}

/** Removes the characters of a range. */
export function deleteCharacters(props: Props, start: number, end: number): void {
  const text = String(props.characters ?? '');
  const runs = runsOf(props);
  const moved = (at: number) => (at <= start ? at : Math.max(start, at - (end - start)));
  const left = runs
    .map((run) => ({ ...run, start: moved(run.start), end: moved(run.end) }))
    .filter((run) => run.end > run.start);
  props.characters = text.slice(0, start) + text.slice(end);
  if (runs.length < 2) return;
  if (left.length > 0) store(props, left);
  else setCharacters(props, '');
}

/** Segments in which all given fields are equal (typings: `getStyledTextSegments`). */
export function styledSegments(props: Props, fields: readonly string[], start = 0, end = lengthOf(props)): Json[] {
  const text = String(props.characters ?? '');
  const segments: { start: number; end: number; values: Props }[] = [];
  for (const run of runsOf(props).filter((one) => one.start < end && one.end > start)) {
    const values = Object.fromEntries(fields.map((field) => [field, valueIn(props, run, field)]));
    const last = segments[segments.length - 1];
    if (last !== undefined && same(last.values, values)) last.end = Math.min(end, run.end);
    else segments.push({ start: Math.max(start, run.start), end: Math.min(end, run.end), values });
  }
  return segments.map((segment) => ({
    characters: text.slice(segment.start, segment.end),
    start: segment.start,
    end: segment.end,
    ...segment.values,
  }));
}

/** All fonts of a range. */
export function fontsOf(props: Props, start = 0, end = lengthOf(props)): Json[] {
  const runs = runsOf(props).filter((run) => run.start < end && run.end > start);
  const fonts = (runs.length === 0 ? [undefined] : runs).map((run) => valueIn(props, run, 'fontName'));
  return fonts.filter((font, index) => fonts.findIndex((other) => same(font, other)) === index);
}
