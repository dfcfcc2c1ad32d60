import type { DesignLayer, Value } from '../../shared/design.js';
import { withoutBound } from '../diff/diff-properties.js';
import { rounded, sameValue } from '../fingerprint.js';
import { PROPERTIES } from '../properties.js';
import {
  adaptRuns,
  boundaries,
  charactersOf,
  isStyledAt,
  joinRuns,
  mixedProperties,
  type Run,
  runsOf,
  valueAt,
  valueOfRuns,
} from '../runs.js';
import type { MergeContext } from './context.js';
import { type MergedValue, mergePaints } from './merge-paints.js';
import { isCounterpartToken, tokenOf } from './merge-token.js';

/** A text with the runs that hold for its final characters. */
interface Text {
  layer: DesignLayer;
  characters: string;
  runs: readonly Run[];
}

/**
 * Merges mixed text run by run and property by property. Where the target's characters are other ones, the runs that
 * changed are found by their words; if one is not there exactly once, it conflicts.
 */
export function mergeRuns(
  context: MergeContext,
  sourceId: string,
  target: DesignLayer,
  baseRuns: Value,
  oursRuns: Value,
): MergedValue {
  const [before, after] = [context.base.layers[sourceId], context.ours.layers[sourceId]];
  if (before === undefined || after === undefined) return whole(oursRuns);
  const ours = { layer: after, characters: charactersOf(after), runs: runsOf(oursRuns) };
  const base = textOf(before, runsOf(baseRuns), ours.characters);
  const planned = context.planned.get(target.id)?.get('characters');
  const characters = typeof planned === 'string' ? planned : charactersOf(target);
  const theirs = textOf(target, runsOf(target.props.runs), characters);
  if (characters === ours.characters) return new RunMerger(context, base, ours, theirs).merged((at) => at);
  return mergeOtherText(context, base, ours, theirs);
}

function textOf(layer: DesignLayer, runs: readonly Run[], characters: string): Text {
  return { layer, characters, runs: adaptRuns(runs, charactersOf(layer), characters) };
}

function whole(value: Value): MergedValue {
  return { ours: value, proposal: null, conflict: true, kept: null };
}

/** The words of each changed run must be in the target's text once, else its runs must be as many as base's. */
function mergeOtherText(context: MergeContext, base: Text, ours: Text, theirs: Text): MergedValue {
  const clipped = valueOfRuns(ours.runs.filter(({ start }) => start < theirs.characters.length).map(clipTo(theirs)));
  const sameRuns = base.runs.length === ours.runs.length && base.runs.length === theirs.runs.length;
  if (sameRuns && base.runs.every(({ start }, n) => start === ours.runs[n]?.start)) {
    const place = (at: number) => ours.runs[theirs.runs.findIndex(({ end }) => at < end)]?.start ?? null;
    return new RunMerger(context, base, ours, theirs).merged(place, clipped);
  }
  const places = placesOfChanges(base, ours, theirs);
  if (places === null) return whole(clipped);
  const place = (at: number) => {
    const found = places.find(({ start, length }) => start <= at && at < start + length);
    return found === undefined ? null : found.source + at - found.start;
  };
  return new RunMerger(context, base, ours, withBoundaries(theirs, places)).merged(place, clipped);
}

function clipTo({ characters }: Text) {
  return (run: Run): Run => ({ ...run, end: Math.min(run.end, characters.length) });
}

interface Place {
  start: number;
  length: number;
  source: number;
}

function placesOfChanges(base: Text, ours: Text, theirs: Text): Place[] | null {
  const places: Place[] = [];
  for (const { start, end } of ours.runs) {
    const differs = mixedProperties(ours.runs).some(
      (property) =>
        !sameValue(valueAt(base.layer, base.runs, property, start), valueAt(ours.layer, ours.runs, property, start)),
    );
    if (!differs) continue;
    const words = ours.characters.slice(start, end);
    const at = theirs.characters.indexOf(words);
    if (at < 0 || theirs.characters.indexOf(words, at + 1) >= 0) return null;
    places.push({ start: at, length: words.length, source: start });
  }
  return places;
}

/** Splits runs where a place starts or ends. */
function withBoundaries(theirs: Text, places: readonly Place[]): Text {
  const marks = places.map(({ start, length }) => ({ start, end: start + length, values: {} }));
  const starts = boundaries(theirs.characters.length, theirs.runs, marks);
  const runs = starts.map((start, n) => ({
    start,
    end: starts[n + 1] ?? theirs.characters.length,
    values: theirs.runs.find((run) => run.start <= start && start < run.end)?.values ?? {},
  }));
  return { ...theirs, runs };
}

class RunMerger {
  private conflict = false;
  private unmapped = false;
  private kept: MergedValue['kept'] = null;

  constructor(
    private readonly context: MergeContext,
    private readonly base: Text,
    private readonly ours: Text,
    private readonly theirs: Text,
  ) {}

  /** `source` maps a character of the target to ours; null keeps the target's run. */
  merged(source: (at: number) => number | null, fallback: Value | null = null): MergedValue {
    const { base, ours, theirs } = this;
    const isSameText = ours.characters === theirs.characters;
    const starts = boundaries(theirs.characters.length, theirs.runs, ...(isSameText ? [base.runs, ours.runs] : []));
    const properties = [...new Set([...mixedProperties(ours.runs), ...mixedProperties(theirs.runs)])];
    const runs = starts.map((start, n) => {
      const end = starts[n + 1] ?? theirs.characters.length;
      const parts = properties.flatMap((property) => {
        const part = this.part(property, start, source(start));
        return part === null ? [] : [[property, part] as const];
      });
      return { start, end, parts };
    });
    const build = (pick: (part: MergedValue) => Value): Value =>
      valueOfRuns(
        joinRuns(
          runs.map(({ start, end, parts }) => ({
            start,
            end,
            values: Object.fromEntries(parts.map(([property, part]) => [property, pick(part)])),
          })),
        ),
      );
    const oursValue = this.conflict && fallback !== null ? fallback : build((part) => part.ours);
    const proposal = this.unmapped ? null : build((part) => part.proposal);
    return { ours: oursValue, proposal, conflict: this.conflict, kept: this.kept };
  }

  /** Null where a style decides the value. */
  private part(property: string, at: number, source: number | null): MergedValue | null {
    const { base, ours, theirs } = this;
    const t = valueAt(theirs.layer, theirs.runs, property, at);
    if (source === null) return plain(t);
    if (isStyledAt(ours.layer, ours.runs, property, source)) return null;
    const b = valueAt(base.layer, base.runs, property, source);
    const o = valueAt(ours.layer, ours.runs, property, source);
    const part = this.threeWay(property, b, o, t);
    this.conflict ||= part.conflict;
    this.unmapped ||= part.conflict && part.proposal === null;
    this.kept ??= part.kept;
    return part;
  }

  private threeWay(property: string, b: Value, o: Value, t: Value): MergedValue {
    const [cb, co, ct] = [b, o, t].map((value) => (property === 'fills' ? withoutBound(value) : value));
    if (sameValue(co, cb)) return plain(t);
    if (property === 'fills' && !sameValue(b, t)) return mergePaints(this.context, 'text', b, o, t);
    if (sameValue(ct, cb) || sameValue(ct, co)) return plain(o);
    if (PROPERTIES[property] === 'token' && tokenOf(this.context.ours, o) !== null) return this.token(b, o, t);
    const isLength = PROPERTIES[property] === 'length';
    if (isLength && typeof b === 'number' && typeof o === 'number' && typeof t === 'number') {
      return plain(rounded(Math.max(0, t + this.context.scale * (o - b))));
    }
    return { ours: o, proposal: null, conflict: true, kept: null };
  }

  private token(b: Value, o: Value, t: Value): MergedValue {
    const [tb, tt] = [tokenOf(this.context.base, b), tokenOf(this.context.theirs, t)];
    if (tb !== null && tt !== null && isCounterpartToken(tt, tb)) return { ...plain(t), kept: tt };
    return plain(o);
  }
}

function plain(value: Value): MergedValue {
  return { ours: value, proposal: value, conflict: false, kept: null };
}
