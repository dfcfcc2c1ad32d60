import type { Design, DesignLayer, Value } from '../../shared/design.js';
import { isList, isRecord, sameValue } from '../fingerprint.js';
import { adaptRuns, boundaries, charactersOf, isStyledAt, mixedProperties, runsOf, valueAt } from '../runs.js';
import { isStringId } from '../tree.js';
import { derivedProperties, STYLED } from './derived.js';
import { isMadeByHand, isOtherVariant, isRestored } from './instance-overrides.js';

export interface PropertyChange {
  property: string;
  before: Value;
  after: Value;
}

/**
 * What was set by hand on a layer that base and ours both have, in the order of ours' properties. What keeps base's value
 * by an override after a swap of the component has equal values before and after.
 */
export function diffProperties(base: Design, ours: Design, before: DesignLayer, after: DesignLayer): PropertyChange[] {
  const derived = derivedProperties(after);
  const names = new Set([...Object.keys(after.props), ...Object.keys(before.props).filter(isReference)]);
  const changes = [...names].flatMap((property) => {
    if (property === 'runs' || derived.has(property)) return [];
    const values = { before: before.props[property] ?? null, after: after.props[property] ?? null };
    const isSame = sameValue(comparable(property, values.before), comparable(property, values.after));
    return isSame && !isRestored(base, ours, after, property) ? [] : [{ property, ...values }];
  });
  const runs = diffRuns(before, after);
  if (runs !== null) changes.push(runs);
  return changes
    .filter((change) => !followsFromAnother(change, changes, base, ours, before, after))
    .filter((change) => isMadeByHand(base, ours, after, change.property));
}

/** A reference that is absent is empty; any other absent property is mixed or not supported. */
function isReference(property: string): boolean {
  return property.startsWith('variable.') || property in STYLED;
}

function comparable(property: string, value: Value): Value {
  if (property in STYLED) return value === '' ? null : value;
  return property === 'fills' || property === 'strokes' || property === 'effects' ? withoutBound(value) : value;
}

/** Paints, stops and effects without the raw values of fields that are bound to a variable. */
export function withoutBound(value: Value): Value {
  if (isList(value)) return value.map(withoutBound);
  if (!isRecord(value)) return value;
  const bound = isRecord(value.boundVariables) ? Object.keys(value.boundVariables) : [];
  const kept = Object.entries(value).filter(([key, item]) => !bound.includes(key) && !isEmptyBinding(key, item));
  return Object.fromEntries(
    kept.map(([key, item]) => [key, key === 'boundVariables' ? item : withoutOffset(key, withoutBound(item), bound)]),
  );
}

function isEmptyBinding(key: string, value: Value): boolean {
  return key === 'boundVariables' && isRecord(value) && Object.keys(value).length === 0;
}

/** An effect's `offset` is bound as `offsetX` and `offsetY` (`VariableBindableEffectField`). */
function withoutOffset(key: string, value: Value, bound: readonly string[]): Value {
  if (key !== 'offset' || !isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([axis]) => !bound.includes(`offset${axis.toUpperCase()}`)));
}

function followsFromAnother(
  { property, before: from, after: to }: PropertyChange,
  changes: readonly PropertyChange[],
  base: Design,
  ours: Design,
  before: DesignLayer,
  after: DesignLayer,
): boolean {
  const changed = (name: string) => changes.some((change) => change.property === name);
  if (property === 'mainComponent') return isOtherVariant(base, ours, before, after);
  if (property === 'layoutGrow' || property === 'layoutAlign') {
    return changed('layoutSizingHorizontal') || changed('layoutSizingVertical');
  }
  if (property === 'name') return from === before.props.characters && to === after.props.characters;
  // A value of its own takes the style or variable away.
  if (isStringId(to)) return false;
  if (property.startsWith('variable.')) return changed(property.slice('variable.'.length));
  return STYLED[property]?.some(changed) ?? false;
}

/** The runs of ours, if a property that is mixed there differs from base anywhere. */
function diffRuns(before: DesignLayer, after: DesignLayer): PropertyChange | null {
  const runs = runsOf(after.props.runs);
  if (runs.length === 0) return null;
  const text = charactersOf(after);
  const adapted = adaptRuns(runsOf(before.props.runs), charactersOf(before), text);
  const differs = boundaries(text.length, runs, adapted).some((at) =>
    mixedProperties(runs).some((property) => {
      if (isStyledAt(after, runs, property, at)) return false;
      const [b, o] = [valueAt(before, adapted, property, at), valueAt(after, runs, property, at)];
      return !sameValue(comparable(property, b), comparable(property, o));
    }),
  );
  return differs ? { property: 'runs', before: before.props.runs ?? null, after: after.props.runs ?? null } : null;
}
