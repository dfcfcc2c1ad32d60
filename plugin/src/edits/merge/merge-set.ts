import type { Design, DesignLayer, Token, Value } from '../../shared/design.js';
import type { AppliedRecord, Operation } from '../../shared/operation.js';
import { decidingTokens, PARTS, STYLED, stylePropertyOf } from '../diff/derived.js';
import { withoutBound } from '../diff/diff-properties.js';
import type { Edit } from '../edit.js';
import { fingerprint, isRecord, rounded, sameValue, valueOfFingerprint } from '../fingerprint.js';
import type { Outcome } from '../merged-edit.js';
import { type MergeRule, PROPERTIES } from '../properties.js';
import { instanceAbove } from '../tree.js';
import { type Match, type MergeContext, recordKey } from './context.js';
import { type MergedValue, mergePaints } from './merge-paints.js';
import { mergeRuns } from './merge-runs.js';
import { isCounterpartToken, isSameToken, tokenInTarget, tokenOf } from './merge-token.js';
import { blocked, operationOf } from './outcome.js';
import { recordForm } from './record-form.js';
import { instanceObstacle, isTokenProperty, propertyOn } from './support.js';

type SetEdit = Edit & { kind: 'set' };

/** The least values of lengths; others may be negative, such as gaps. */
const LEAST: { readonly [property: string]: number } = { itemSpacing: -Infinity, fontSize: 1 };

/** One property of one layer: the rows of the merge table from top to bottom. */
export function mergeSet(context: MergeContext, edit: SetEdit, match: Match): Outcome {
  const obstacle = instanceObstacle(context.theirs, match.layer, edit.property);
  if (obstacle !== null) return blocked(obstacle);
  const property = nameOnTarget(context, edit, match);
  if (property === null) return blocked({ code: 'unsupported', property: edit.property });
  const merge = new SetMerge(context, edit, match, property);
  const outcome = merge.outcome();
  if (outcome.kind === 'change' && edit.property === 'name') return { ...outcome, include: 'never' };
  if (outcome.kind === 'change') merge.plan(outcome.operation);
  return outcome;
}

/** After a swap of the component in the same run, the counterpart has the properties of the new one. */
function nameOnTarget({ edits }: MergeContext, edit: SetEdit, { layer }: Match): string | null {
  const name = propertyOn(layer, edit.property);
  if (name !== null || !edit.property.startsWith('component.')) return name;
  const isSwapped = edits.some(
    (other) => other.kind === 'set' && other.layerId === edit.layerId && other.property === 'mainComponent',
  );
  return isSwapped ? edit.property : null;
}

class SetMerge {
  private readonly theirs: Value;
  private readonly record: AppliedRecord | null;

  constructor(
    private readonly context: MergeContext,
    private readonly edit: SetEdit,
    private readonly match: Match,
    private readonly property: string,
  ) {
    this.theirs = match.layer.props[property] ?? null;
    const records = this.recordsOf(edit.property);
    this.record = records.find(({ written }) => written === this.recorded(this.theirs)) ?? records[0] ?? null;
  }

  /** What earlier runs wrote to a property of this layer: to itself, and to the whole that it is a part of. */
  private recordsOf(property: string): AppliedRecord[] {
    const { context, edit, match } = this;
    const wholes = Object.keys(PARTS).filter((whole) => PARTS[whole]?.includes(property));
    const records = [property, ...wholes].flatMap((one) => context.records.get(recordKey(edit.layerId, one)) ?? []);
    return records.filter(({ layerId }) => layerId === match.layer.id);
  }

  outcome(): Outcome {
    const { record, theirs, edit } = this;
    if (sameValue(edit.before, edit.after)) return this.restored();
    if (this.hasKnownParts()) return this.change(this.scaledPart(edit.after));
    if (record === null) return this.threeWay(edit.before);
    if (this.recorded(theirs) === record.written) {
      if (record.source === this.recorded(edit.after)) return { kind: 'already-so' };
      const base = record.source === record.written ? theirs : valueOfFingerprint(record.source);
      return base === undefined ? this.conflict(edit.after, this.mapped()) : this.threeWay(base);
    }
    // The target was changed by hand after the edit arrived: that stays, unless it was taken back.
    const { after, before } = edit;
    if (this.isSame(theirs, after)) return { kind: 'already-so' };
    return this.isSame(theirs, before) ? this.threeWay(before) : this.conflict(after, this.mapped());
  }

  /** An override that keeps a value through a swap of the component keeps that of the target. */
  private restored(): Outcome {
    const { record, theirs, edit, context, match } = this;
    if (record !== null && record.written === this.recorded(theirs)) return { kind: 'already-so' };
    const source = context.ours.layers[edit.layerId];
    const component = source === undefined ? null : componentOf(context.ours, source);
    const isSwapAhead = !isSameToken(componentOf(context.theirs, match.layer), component);
    if (isSwapAhead && theirs !== null && !this.hasOtherStyle()) {
      return { kind: 'change', operation: this.operation(theirs), include: 'confident' };
    }
    return this.isSame(theirs, edit.after) ? { kind: 'already-so' } : this.conflict(edit.after, this.mapped());
  }

  plan({ write }: Operation): void {
    if (write.kind !== 'set') return;
    const { planned } = this.context;
    const values = planned.get(write.layerId) ?? new Map<string, Value>();
    planned.set(write.layerId, values.set(write.property, write.after));
  }

  private threeWay(base: Value): Outcome {
    const { context, edit, theirs } = this;
    const rule = PROPERTIES[edit.property] ?? 'value';
    if (rule === 'token' || isTokenProperty(context.ours, edit.property, edit.after)) return this.token(base);
    if (edit.property === 'runs') return this.runs(base);
    const scaled = context.scale === 1 ? null : this.scaled(rule, base);
    if (scaled !== null) return this.change(typeof scaled === 'number' ? this.atLeast(scaled) : scaled);
    const isAsBase = this.isSame(theirs, base) && !this.hasOtherStyle();
    // New parts may need another scale or other variables, and raw colours in place of a variable another mode.
    const { scale, tokens, colours } = context;
    const isAlike = scale === 1 && tokens.foreign.size === 0 && !colours.isOtherTheme && sameValue(theirs, base);
    const isWhole = rule !== 'colours' || isAlike;
    if (isAsBase && isWhole) return this.change(edit.after);
    if (this.isSame(theirs, edit.after) && !this.hasOtherStyle()) return { kind: 'already-so' };
    if (rule === 'colours') return this.colours(base);
    const merged = this.numeric(rule, base) ?? this.parts(base);
    return merged === null ? this.conflict(edit.after, null) : this.change(merged);
  }

  /** Ours at the target's scale, if base and target differ by nothing but the scale. */
  private scaled(rule: MergeRule, base: Value): Value | null {
    const { context, edit, theirs } = this;
    const source = context.base.layers[edit.layerId];
    // what a style or variable decides is the same at any scale, its replacement is not
    const isOfToken = source !== undefined && decidingTokens(source, edit.property).length > 0;
    if (isOfToken && sameValue(base, theirs)) return scaledValue(rule, context.scale, edit.after);
    return scaledFromBase(rule, context.scale, base, edit.after, theirs);
  }

  /** Whether the target's corners or sides differ, and each is as in base, as in ours, or as an earlier run wrote it. */
  private hasKnownParts(): boolean {
    const { before, after } = this.edit;
    const parts = this.theirs === null && before !== null ? (PARTS[this.property] ?? []) : [];
    const { props } = this.match.layer;
    const present = parts.filter((part) => part in props);
    const isKnown = (part: string) => {
      const value = props[part] ?? null;
      const isOfEdit = [before, after].some((one) => sameValue(value, this.scaledPart(one)));
      return isOfEdit || this.recordsOf(part).some(({ written }) => written === this.recorded(value));
    };
    return present.length > 0 && present.every(isKnown);
  }

  private scaledPart(value: Value): Value {
    return typeof value === 'number' ? rounded(value * this.context.scale) : value;
  }

  private recorded(value: Value): string {
    return fingerprint(recordForm(this.edit.property, value));
  }

  private isSame(a: Value, b: Value): boolean {
    const { theirs, ours } = this.context;
    if (PROPERTIES[this.edit.property] === 'colours') {
      return sameValue(a, b) || sameValue(withoutBound(a), withoutBound(b));
    }
    if (PROPERTIES[this.edit.property] === 'token') {
      return isSameToken(tokenOf(theirs, a) ?? tokenOf(ours, a), tokenOf(ours, b) ?? tokenOf(this.context.base, b));
    }
    return sameValue(a, b);
  }

  /** Whether a style decides the target's value that is not base's: then equal raw values are no evidence. */
  private hasOtherStyle(): boolean {
    const style = stylePropertyOf(this.edit.property);
    if (style === null) return false;
    const { base, theirs } = this.context;
    const before = tokenOf(base, base.layers[this.edit.layerId]?.props[style]);
    const now = tokenOf(theirs, this.match.layer.props[style]);
    return now !== null && !isSameToken(now, before) && STYLED[style] !== undefined;
  }

  private token(base: Value): Outcome {
    const { context, edit, theirs } = this;
    const [b, t] = [tokenOf(context.base, base) ?? tokenOf(context.ours, base), tokenOf(context.theirs, theirs)];
    const o = tokenOf(context.ours, edit.after);
    if (isSameToken(t, o)) return { kind: 'already-so' };
    if (o === null) return isSameToken(t, b) ? this.change(edit.after) : this.conflict(edit.after, null);
    if (t !== null && b !== null && isCounterpartToken(t, b)) {
      return { kind: 'kept', token: t, ours: this.operation(edit.after) };
    }
    const there = tokenInTarget(context.tokens, o);
    if (there === null) return this.conflict(edit.after, null);
    return this.change(there === o ? edit.after : there.id);
  }

  private runs(base: Value): Outcome {
    const merged = mergeRuns(this.context, this.edit.layerId, this.match.layer, base, this.edit.after);
    return this.settle(merged);
  }

  private colours(base: Value): Outcome {
    const { context, edit, theirs } = this;
    if (this.hasOtherStyle()) return this.conflict(edit.after, this.mapped());
    const role = this.role();
    return this.settle(mergePaints(context, role, base, edit.after, theirs));
  }

  private settle({ ours, proposal, conflict, kept }: MergedValue): Outcome {
    if (conflict) {
      const isMapped = proposal !== null && this.isSame(proposal, this.theirs);
      return isMapped ? { kind: 'already-so' } : this.conflict(ours, proposal);
    }
    if (!this.isSame(ours, this.theirs)) return this.change(ours);
    return kept === null
      ? { kind: 'already-so' }
      : { kind: 'kept', token: kept, ours: this.operation(this.edit.after) };
  }

  private role() {
    const { property, layerId } = this.edit;
    if (property === 'strokes' || property === 'effects') return property;
    return this.context.ours.layers[layerId]?.type === 'TEXT' ? 'text' : 'fills';
  }

  /** Ours in the target's colours; null for other properties. */
  private mapped(): Value | null {
    if (PROPERTIES[this.edit.property] !== 'colours') return null;
    return mergePaints(this.context, this.role(), null, this.edit.after, this.theirs).proposal;
  }

  private numeric(rule: string, base: Value): Value | null {
    const { theirs, context, edit } = this;
    const { after } = edit;
    if (rule === 'measure') return mergeMeasure(context.scale, base, after, theirs);
    if (typeof base !== 'number' || typeof after !== 'number' || typeof theirs !== 'number') return null;
    if (rule === 'length') return this.atLeast(theirs + context.scale * (after - base));
    return rule === 'number' ? wrapDegrees(theirs + after - base) : null;
  }

  private atLeast(value: number): number {
    return rounded(Math.max(LEAST[this.edit.property] ?? 0, value));
  }

  /** Records such as constraints merge by their parts, if no part conflicts. */
  private parts(base: Value): Value | null {
    const { theirs } = this;
    const { after } = this.edit;
    if (!isRecord(base) || !isRecord(after) || !isRecord(theirs) || this.edit.property === 'fontName') return null;
    const merged: { [key: string]: Value } = { ...theirs };
    for (const key of Object.keys(after)) {
      const [b, o, t] = [base[key] ?? null, after[key] ?? null, theirs[key] ?? null];
      if (sameValue(o, b) || sameValue(t, o)) continue;
      if (!sameValue(t, b)) return null;
      merged[key] = o;
    }
    return merged;
  }

  private change(value: Value): Outcome {
    if (this.isSame(value, this.theirs) && !this.hasOtherStyle()) return { kind: 'already-so' };
    return { kind: 'change', operation: this.operation(value), include: 'confident' };
  }

  private conflict(ours: Value, proposal: Value | null): Outcome {
    const isOther = proposal !== null && !sameValue(proposal, ours);
    return {
      kind: 'conflict',
      theirs: this.theirs,
      ours: this.operation(ours),
      proposal: isOther ? this.operation(proposal) : null,
    };
  }

  private operation(after: Value): Operation {
    const layerId = this.match.layer.id;
    const write = { kind: 'set', layerId, property: this.property, before: this.theirs, after } as const;
    const { property } = this.edit;
    const [source, written] = [recordForm(property, this.edit.after), recordForm(property, after)];
    return operationOf(this.edit, write, source, written, layerId);
  }
}

/** The main component of the instance that the layer is in, or that it is. */
function componentOf(design: Design, layer: DesignLayer): Token | null {
  const instance = instanceAbove(design, layer) ?? layer;
  return tokenOf(design, instance.props.mainComponent);
}

/** A length or measure of pixels, scaled; null for others. */
function scaledValue(rule: MergeRule, scale: number, value: Value): Value | null {
  if (rule === 'length') return typeof value === 'number' ? rounded(value * scale) : null;
  if (rule !== 'measure' || !isRecord(value) || typeof value.value !== 'number') return null;
  return value.unit === 'PIXELS' ? { ...value, value: rounded(value.value * scale) } : null;
}

/** Ours at the target's scale, where the target has base's length at that scale, or neither has one. */
function scaledFromBase(rule: MergeRule, scale: number, b: Value, o: Value, t: Value): Value | null {
  if (rule === 'length' && typeof o === 'number') {
    const isScaled = typeof b === 'number' ? sameLength(t, b * scale) : b === null && t === null;
    return isScaled ? scaledValue(rule, scale, o) : null;
  }
  const isNew = rule === 'measure' && sameValue(b, t) && isRecord(b) && b.unit !== 'PIXELS';
  return isNew ? scaledValue(rule, scale, o) : null;
}

function sameLength(value: Value, length: number): boolean {
  return typeof value === 'number' && Math.abs(value - length) < 0.01 + 0.001 * Math.abs(length);
}

/** `{ unit, value }` of line height and letter spacing. */
function mergeMeasure(scale: number, b: Value, o: Value, t: Value): Value | null {
  if (!isRecord(b) || !isRecord(o) || !isRecord(t) || b.unit !== o.unit || o.unit !== t.unit) return null;
  if (typeof b.value !== 'number' || typeof o.value !== 'number' || typeof t.value !== 'number') return null;
  const factor = o.unit === 'PIXELS' ? scale : 1;
  return { ...t, value: rounded(t.value + factor * (o.value - b.value)) };
}

function wrapDegrees(degrees: number): number {
  const turned = ((degrees % 360) + 540) % 360;
  return rounded(turned === 0 ? 180 : turned - 180);
}
