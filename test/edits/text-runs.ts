import { isList, isRecord, sameValue } from '../../plugin/src/edits/fingerprint.js';
import type { Value } from '../../plugin/src/shared/design.js';
import type { Props } from './draft.js';

/** A stretch of text with its values of all mixed properties. */
interface Run {
  start: number;
  end: number;
  values: Props;
}

function runsOf(props: Props): Run[] {
  return isList(props.runs ?? null) ? (props.runs as readonly Value[]).map(toRun) : [];
}

function toRun(value: Value): Run {
  if (!isRecord(value) || !isRecord(value.values)) throw new Error(`not a run: ${JSON.stringify(value)}`);
  return { start: Number(value.start), end: Number(value.end), values: { ...value.values } };
}

/** @throws if the runs do not cover the text exactly */
export function setRuns(props: Props, value: Value): void {
  const runs = isList(value) ? value.map(toRun) : [];
  const length = String(props.characters).length;
  const ends = runs.map(({ end }) => end);
  if (runs.some(({ start }, n) => start !== (ends[n - 1] ?? 0)) || (runs.length > 0 && ends.at(-1) !== length)) {
    throw new Error(`runs do not cover ${length} characters: ${JSON.stringify(value)}`);
  }
  store(props, runs);
}

/** Sets a property of the whole text. */
export function setUniform(props: Props, property: string, value: Value): void {
  const runs = runsOf(props).map(({ start, end, values: { [property]: _, ...values } }) => ({ start, end, values }));
  props[property] = value;
  store(props, runs);
}

/** Sets a property of a part of the text. */
export function setRange(props: Props, start: number, end: number, property: string, value: Value): void {
  const length = String(props.characters).length;
  const before = runsOf(props);
  const whole = before.length > 0 ? before : [{ start: 0, end: length, values: {} }];
  const cut = [start, end].reduce(splitAt, whole);
  const uniform = props[property];
  const runs = cut.map((run) => {
    const own = run.values[property] ?? uniform ?? null;
    const isInside = run.start >= start && run.end <= end;
    return { ...run, values: { ...run.values, [property]: isInside ? value : own } };
  });
  store(props, runs);
}

/** New characters take the style of the one before them; those outside of what differs keep theirs. */
export function setCharacters(props: Props, text: string): void {
  const old = String(props.characters);
  const runs = runsOf(props);
  props.characters = text;
  if (runs.length === 0) return;
  let prefix = 0;
  while (prefix < Math.min(old.length, text.length) && old[prefix] === text[prefix]) prefix++;
  let suffix = 0;
  const room = Math.min(old.length, text.length) - prefix;
  while (suffix < room && old.at(-1 - suffix) === text.at(-1 - suffix)) suffix++;
  const indexOf = (n: number) => {
    if (n < prefix) return n;
    return n >= text.length - suffix ? n - text.length + old.length : Math.max(0, prefix - 1);
  };
  const valuesAt = (n: number) => runs.find(({ end }) => indexOf(n) < end)?.values ?? {};
  store(
    props,
    [...text].map((_, n) => ({ start: n, end: n + 1, values: valuesAt(n) })),
  );
}

function splitAt(runs: Run[], at: number): Run[] {
  return runs.flatMap((run) => {
    if (at <= run.start || at >= run.end) return [run];
    return [
      { ...run, end: at },
      { ...run, start: at },
    ];
  });
}

/** Stores runs in their shortest form: properties with one value are those of the whole text. */
function store(props: Props, runs: readonly Run[]): void {
  const [first] = runs;
  for (const property of Object.keys(first?.values ?? {})) {
    const isMixed = runs.some(({ values }) => !sameValue(values[property], first?.values[property]));
    if (isMixed) delete props[property];
    else props[property] = first?.values[property] ?? null;
  }
  const mixed = Object.keys(first?.values ?? {}).filter((property) => props[property] === undefined);
  const joined = mixed.length === 0 ? [] : joinRuns(runs, mixed);
  if (joined.length === 0) delete props.runs;
  else props.runs = joined.map(({ start, end, values }) => ({ start, end, values }));
}

function joinRuns(runs: readonly Run[], mixed: readonly string[]): Run[] {
  const joined: Run[] = [];
  for (const { start, end, values } of runs) {
    const own = Object.fromEntries(mixed.map((property) => [property, values[property] ?? null]));
    const last = joined.at(-1);
    if (last !== undefined && sameValue(last.values, own)) last.end = end;
    else joined.push({ start, end, values: own });
  }
  return joined;
}
