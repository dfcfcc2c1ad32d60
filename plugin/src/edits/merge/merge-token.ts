import type { Design, Token, Value } from '../../shared/design.js';
import { isStringId } from '../tree.js';

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
 * Whether `a` means in its collection what `b` means in another: the same name. Styles have no collections; the first
 * folder of their name stands for it: `Light/Primary` and `Dark/Primary`.
 */
export function isCounterpartToken(a: Token, b: Token): boolean {
  if (a.kind !== b.kind || isSameToken(a, b)) return false;
  if (a.collection !== undefined && b.collection !== undefined) {
    return a.name === b.name && a.collection !== b.collection;
  }
  if (a.kind === 'variable') return a.name === b.name;
  if (a.kind === 'component') return false;
  const [nameA, nameB] = [a.name.split('/'), b.name.split('/')];
  return nameA.length > 1 && nameA[0] !== nameB[0] && nameA.slice(1).join('/') === nameB.slice(1).join('/');
}
