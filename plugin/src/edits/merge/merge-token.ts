import type { Design, DesignLayer, Token, Value } from '../../shared/design.js';
import { isList, isRecord } from '../fingerprint.js';
import { PROPERTIES } from '../properties.js';
import { isStringId } from '../tree.js';
import type { Pair } from './context.js';

/** The style, variable or component with the id; null for none. */
export function tokenOf(design: Design, id: Value | undefined): Token | null {
  if (!isStringId(id)) return null;
  return design.tokens[id] ?? { kind: 'style', id, name: id };
}

export function isSameToken(a: Token | null, b: Token | null): boolean {
  if (a === null || b === null) return a === b;
  return a.id === b.id || (a.key !== undefined && a.key !== '' && a.key === b.key);
}

/**
 * Whether `a` means in its collection what `b` means in another: the same name. A style's collection is its library, or the
 * first folder of its name: `Light/Primary` and `Dark/Primary`.
 */
export function isCounterpartToken(a: Token, b: Token): boolean {
  if (a.kind !== b.kind || isSameToken(a, b)) return false;
  if (a.kind === 'style' || (a.kind === 'variable' && a.collection === b.collection)) {
    return a.name === b.name || (a.kind === 'style' && isOtherFolder(a.name, b.name));
  }
  return a.collection !== undefined && b.collection !== undefined && a.name === b.name && a.collection !== b.collection;
}

function isOtherFolder(a: string, b: string): boolean {
  const [nameA, nameB] = [a.split('/'), b.split('/')];
  return nameA.length > 1 && nameA[0] !== nameB[0] && nameA.slice(1).join('/') === nameB.slice(1).join('/');
}

/** Which collections the target uses in place of base's. */
export interface TokenMap {
  /** Groups of base's tokens that the target never uses, and the groups that it has counterparts in. */
  foreign: ReadonlyMap<string, ReadonlySet<string>>;
  /** All tokens of the target, by kind and the last part of the name. */
  byName: ReadonlyMap<string, readonly Token[]>;
}

/** Tokens that have counterparts or not as a whole. */
function groupOf({ kind, collection, name }: Token): string {
  const folder = kind === 'style' && name.includes('/') ? name.split('/')[0] : '';
  return `${kind} ${collection ?? folder}`;
}

function nameKey({ kind, name }: Token): string {
  return `${kind} ${name.split('/').pop()}`;
}

/** Compares the tokens of corresponding layers, property by property. */
export function tokenMapOf(base: Design, theirs: Design, pairs: readonly Pair[]): TokenMap {
  const same = new Set<string>();
  const other = new Map<string, Set<string>>();
  for (const { before, after } of pairs) {
    for (const [from, to] of tokenPairs(before, after)) {
      const [b, t] = [tokenOf(base, from), tokenOf(theirs, to)];
      if (b === null || t === null) continue;
      if (isSameToken(b, t)) same.add(groupOf(b));
      else if (isCounterpartToken(b, t)) other.set(groupOf(b), (other.get(groupOf(b)) ?? new Set()).add(groupOf(t)));
    }
  }
  const byName = new Map<string, Token[]>();
  for (const token of Object.values(theirs.tokens)) {
    byName.set(nameKey(token), [...(byName.get(nameKey(token)) ?? []), token]);
  }
  return { foreign: new Map([...other].filter(([group]) => !same.has(group))), byName };
}

function tokenPairs(before: DesignLayer, after: DesignLayer): [Value, Value][] {
  const direct = Object.entries(before.props)
    .filter(([property]) => property.startsWith('variable.') || PROPERTIES[property] === 'token')
    .map(([property, value]): [Value, Value] => [value, after.props[property] ?? null]);
  const painted = ['fills', 'strokes'].flatMap((property) => {
    const [from, to] = [paintVariables(before.props[property]), paintVariables(after.props[property])];
    return from.length === to.length ? from.map((id, n): [Value, Value] => [id, to[n] ?? null]) : [];
  });
  return [...direct, ...painted];
}

function paintVariables(paints: Value | undefined): Value[] {
  return isList(paints) ? paints.map((paint) => (isRecord(paint) ? variableOf(paint) : null)) : [];
}

/** The variable of a paint's, stop's or shadow's colour. */
export function variableOf(part: { readonly [key: string]: Value }): string | null {
  const bound = part.boundVariables;
  const alias = isRecord(bound) ? bound.color : null;
  return isRecord(alias) && typeof alias.id === 'string' ? alias.id : null;
}

/**
 * The token with the role of `token` in the target: itself, or its counterpart where the target uses another
 * collection. Null if that is not known.
 */
export function tokenInTarget({ foreign, byName }: TokenMap, token: Token): Token | null {
  const groups = foreign.get(groupOf(token));
  if (groups === undefined) return token;
  const [only, second] = (byName.get(nameKey(token)) ?? []).filter(
    (other) => groups.has(groupOf(other)) && isCounterpartToken(other, token),
  );
  return only !== undefined && second === undefined ? only : null;
}
