import type { Token, Value } from '../../shared/design.js';
import { withoutBound } from '../diff/diff-properties.js';
import { isList, isRecord, rounded, sameValue } from '../fingerprint.js';
import { type ColourRole, hexOf, isRgb, mappedColour, type Rgb } from './colour-map.js';
import type { MergeContext } from './context.js';
import { isCounterpartToken, isSameToken, tokenInTarget, tokenOf, variableOf } from './merge-token.js';

/** Three values merged: with ours where they conflict, and with the target's own colours there. */
export interface MergedValue {
  ours: Value;
  /** Null if a colour of ours has no counterpart. */
  proposal: Value | null;
  conflict: boolean;
  /** The variable of the target that stays because it is the counterpart of base's. */
  kept: Token | null;
}

/** Numbers inside of effects that grow with the design. */
const LENGTHS: ReadonlySet<string> = new Set(['radius', 'spread', 'offset', 'startRadius']);

type Record = { readonly [key: string]: Value };

/** Merges lists of paints or effects part by part: colour, opacity, offset … of each item. */
export function mergePaints(context: MergeContext, role: ColourRole, b: Value, o: Value, t: Value): MergedValue {
  const merger = new PaintMerger(context, role, sameValue(b, t));
  if (!isList(b) || !isList(o) || !isList(t) || !sameTypes(b, t)) return merger.conflict(o);
  const sources = alignItems(b, o);
  const items = o.map((item, n) => {
    const at = sources[n] ?? -1;
    return at < 0 ? merger.added(item) : merger.part(b[at] ?? null, item, t[at] ?? null, '');
  });
  return merger.list(items);
}

/** New paints in the colours and variables of the target; null if one has no counterpart there. */
export function paintsInTarget(context: MergeContext, role: ColourRole, paints: Value): Value | null {
  if (!isList(paints)) return null;
  const merger = new PaintMerger(context, role, true);
  const { ours, proposal, conflict } = merger.list(paints.map((paint) => merger.added(paint)));
  return conflict ? proposal : ours;
}

function sameTypes(a: readonly Value[], b: readonly Value[]): boolean {
  return a.length === b.length && a.every((item, n) => typeOf(item) === typeOf(b[n]));
}

function typeOf(item: Value | undefined): Value {
  return isRecord(item) ? (item.type ?? null) : null;
}

/** For each item of ours the index of the same item in base, or −1: first equal ones, then those of equal type. */
function alignItems(b: readonly Value[], o: readonly Value[]): number[] {
  if (sameTypes(b, o)) return o.map((_, n) => n);
  const aligned = o.map(() => -1);
  for (const fits of [
    (x: Value, y: Value) => sameValue(withoutBound(x), withoutBound(y)),
    (x: Value, y: Value) => typeOf(x) === typeOf(y),
  ]) {
    o.forEach((item, n) => {
      if ((aligned[n] ?? -1) >= 0) return;
      const from = Math.max(-1, ...aligned.slice(0, n)) + 1;
      const to = aligned.slice(n + 1).find((at) => at >= 0) ?? b.length;
      const at = b.findIndex((other, m) => m >= from && m < to && fits(other, item));
      if (at >= 0) aligned[n] = at;
    });
  }
  return aligned;
}

class PaintMerger {
  constructor(
    private readonly context: MergeContext,
    private readonly role: ColourRole,
    /** Whether the target has what base has: then new colours are taken as they are. */
    private readonly isBase: boolean,
  ) {}

  plain(value: Value): MergedValue {
    return { ours: value, proposal: value, conflict: false, kept: null };
  }

  conflict(value: Value): MergedValue {
    return { ours: value, proposal: this.mapped(value), conflict: true, kept: null };
  }

  /** A new item is plain unless it has a colour, which may be another one in the target. */
  added(item: Value): MergedValue {
    const value = this.taken(this.scaled(item, ''));
    if (value.conflict || !hasColour(value.ours)) return value;
    // Shadows are mostly the same in all themes.
    if (this.isBase && (this.role === 'effects' || !this.context.colours.isOtherTheme)) return value;
    const proposal = this.mapped(value.ours);
    return { ...value, proposal, conflict: !sameValue(proposal, value.ours) };
  }

  /**
   * Ours, with the variables that the target has in place of those of the source. In another theme, a colour that has
   * another one there conflicts.
   */
  private taken(value: Value): MergedValue {
    const there = this.withTokens(value);
    if (there === null) return { ours: value, proposal: null, conflict: true, kept: null };
    const proposal = this.context.colours.isOtherTheme && hasColour(there) ? this.mapped(there) : null;
    const isOther = proposal !== null && !sameValue(proposal, there);
    return isOther ? { ours: there, proposal, conflict: true, kept: null } : this.plain(there);
  }

  /** Null if the target uses other collections, and the counterpart of a variable is unknown. */
  private withTokens(value: Value): Value | null {
    const { ours, tokens } = this.context;
    if (isList(value)) return allOrNull(value.map((item) => this.withTokens(item)));
    if (!isRecord(value)) return value;
    const entries = Object.entries(value).map(([key, item]): [string, Value | null] => {
      if (key !== 'boundVariables' || variableOf(value) === null)
        return [key, item === null ? null : this.withTokens(item)];
      const token = tokenOf(ours, variableOf(value));
      const there = token === null ? null : tokenInTarget(tokens, token);
      return [key, there === null ? null : { color: { type: 'VARIABLE_ALIAS', id: there.id } }];
    });
    const isUnknown = entries.some(([key, item]) => item === null && value[key] !== null);
    return isUnknown ? null : Object.fromEntries(entries);
  }

  private scaled(value: Value, key: string): Value {
    if (typeof value === 'number') return LENGTHS.has(key) ? rounded(value * this.context.scale) : value;
    if (isList(value)) return value.map((item) => this.scaled(item, key));
    if (!isRecord(value)) return value;
    const entries = Object.entries(value).map(([name, item]) => [
      name,
      this.scaled(item, key === 'offset' ? key : name),
    ]);
    return Object.fromEntries(entries);
  }

  list(items: readonly MergedValue[]): MergedValue {
    const proposals = items.map(({ proposal }) => proposal);
    return {
      ours: items.map(({ ours }) => ours),
      proposal: proposals.some((proposal) => proposal === null) ? null : proposals,
      conflict: items.some(({ conflict }) => conflict),
      kept: items.find(({ kept }) => kept !== null)?.kept ?? null,
    };
  }

  part(b: Value, o: Value, t: Value, key: string): MergedValue {
    const [cb, co, ct] = [b, o, t].map(withoutBound);
    if (sameValue(co, cb)) return this.plain(t);
    if (sameValue(ct, co)) return this.plain(o);
    if (sameValue(ct, cb) && !this.isOtherMode(b, o, t)) return this.taken(o);
    if (isRgb(b) && isRgb(o) && isRgb(t)) return this.colour(b, o, t);
    if (typeof b === 'number' && typeof o === 'number' && typeof t === 'number' && LENGTHS.has(key)) {
      const value = rounded(t + this.context.scale * (o - b));
      return this.plain(key === 'radius' ? Math.max(0, value) : value);
    }
    if (isList(b) && isList(o) && isList(t) && b.length === o.length && o.length === t.length) {
      return this.list(o.map((item, n) => this.part(b[n] ?? null, item, t[n] ?? null, key)));
    }
    if (isRecord(b) && isRecord(o) && isRecord(t) && b.type === o.type && o.type === t.type) {
      return this.record(b, o, t, key);
    }
    return this.conflict(o);
  }

  /** Whether base and target have the same variable with other colours, and ours a colour of its own. */
  private isOtherMode(b: Value, o: Value, t: Value): boolean {
    if (!isRecord(b) || !isRecord(o) || !isRecord(t)) return false;
    return variableOf(b) !== null && variableOf(o) === null && !sameValue(b.color, t.color);
  }

  private record(b: Record, o: Record, t: Record, key: string): MergedValue {
    const bound = this.boundPart(b, o, t);
    if (bound !== null) return bound;
    const fields = [...new Set([...Object.keys(o), ...Object.keys(t)])].filter((field) => field !== 'boundVariables');
    const merged = fields.map((field) => {
      const inner = key === 'offset' ? 'offset' : field;
      const values = [b, o, t].map((part) => part[field] ?? null);
      return [field, this.part(values[0] ?? null, values[1] ?? null, values[2] ?? null, inner)] as const;
    });
    const whole = this.list(merged.map(([, part]) => part));
    const bindings = sameValue(b.boundVariables ?? null, o.boundVariables ?? null) ? t : o;
    const rest = bindings.boundVariables === undefined ? {} : { boundVariables: bindings.boundVariables };
    const build = (values: Value) =>
      isList(values) ? { ...Object.fromEntries(fields.map((field, n) => [field, values[n] ?? null])), ...rest } : null;
    return { ...whole, ours: build(whole.ours), proposal: whole.proposal === null ? null : build(whole.proposal) };
  }

  /** A variable that ours binds is taken, unless the target's is the counterpart of base's. */
  private boundPart(b: Record, o: Record, t: Record): MergedValue | null {
    const [vb, vo, vt] = [variableOf(b), variableOf(o), variableOf(t)];
    if (vb === null && vo === null && vt === null) return null;
    const { base, ours, theirs } = this.context;
    const [tb, to, tt] = [tokenOf(base, vb), tokenOf(ours, vo), tokenOf(theirs, vt)];
    if (to === null) return isSameToken(tt, tb) && !this.isOtherMode(b, o, t) ? null : this.conflict(o);
    if (isSameToken(to, tb)) return null;
    if (tt !== null && tb !== null && isCounterpartToken(tt, tb)) return { ...this.plain(t), kept: tt };
    return this.taken({ ...t, ...o });
  }

  private colour(b: Rgb & Record, o: Rgb & Record, t: Rgb & Record): MergedValue {
    const mapped = mappedColour(this.context.colours, this.role, o);
    const isOther = hexOf(o) !== hexOf(b) && hexOf(t) !== hexOf(b) && hexOf(t) !== hexOf(o);
    const rgb = hexOf(o) === hexOf(b) ? t : o;
    const alphaIsOther = !sameValue(o.a, b.a) && !sameValue(t.a, b.a) && !sameValue(t.a, o.a);
    const alpha = sameValue(o.a, b.a) ? t.a : o.a;
    const build = ({ r, g, b: blue }: Rgb) => ({ ...o, r, g, b: blue, ...(alpha === undefined ? {} : { a: alpha }) });
    const proposal = isOther ? (mapped === null ? null : build(mapped)) : build(rgb);
    return { ours: build(rgb), proposal, conflict: isOther || alphaIsOther, kept: null };
  }

  /** With the target's own colours; null if one has no counterpart. */
  private mapped(value: Value): Value | null {
    if (isRgb(value)) {
      const colour = mappedColour(this.context.colours, this.role, value);
      return colour === null ? null : { ...value, ...colour };
    }
    if (isList(value)) {
      const items = value.map((item) => this.mapped(item));
      return items.some((item, n) => item === null && value[n] !== null) ? null : items;
    }
    if (!isRecord(value)) return value;
    const entries = Object.entries(value).map(([key, item]) => [key, this.mapped(item)] as const);
    const isUnmapped = entries.some(([key, item]) => item === null && value[key] !== null);
    return isUnmapped ? null : Object.fromEntries(entries);
  }
}

/** Whether a colour is set as it is, and not by a variable. */
function hasColour(value: Value): boolean {
  if (isRgb(value)) return true;
  if (isList(value)) return value.some(hasColour);
  return isRecord(value) && variableOf(value) === null && Object.values(value).some(hasColour);
}

function allOrNull(items: readonly (Value | null)[]): Value | null {
  return items.some((item) => item === null) ? null : items;
}
