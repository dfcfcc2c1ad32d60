import type { Value } from '../shared/design.js';

/** Longer values are stored as a hash. */
const SHORT = 120;
/** Figma stores numbers as float32: digits beyond these are noise. */
const DIGITS = 1000;

/**
 * A value as JSON, or `#` and a 64-bit hash if that is long. Keys are sorted and numbers rounded to three digits, so
 * that equal values have equal fingerprints.
 */
export function fingerprint(value: Value): string {
  const json = canonicalJson(value);
  return json.length <= SHORT ? json : `#${hashOf(json)}`;
}

/** The value of a fingerprint; undefined if it is a hash. */
export function valueOfFingerprint(text: string): Value | undefined {
  if (text.startsWith('#')) return undefined;
  try {
    return JSON.parse(text) as Value;
  } catch {
    return undefined;
  }
}

/** Whether two values are the same but for rounding. Absent is null. */
export function sameValue(a: Value | undefined, b: Value | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined || a === null || b === null) return (a ?? null) === (b ?? null);
  if (typeof a === 'number' && typeof b === 'number') return Math.abs(a - b) < 1.5 / DIGITS;
  if (typeof a !== 'object' || typeof b !== 'object') return false;
  if (isList(a) || isList(b)) {
    return isList(a) && isList(b) && a.length === b.length && a.every((item, n) => sameValue(item, b[n]));
  }
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => sameValue(a[key], b[key]));
}

export function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

export function isRecord(value: Value | undefined): value is { readonly [key: string]: Value } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Without the noise of float32 arithmetic. */
export function rounded(value: number): number {
  const result = Math.round(value * DIGITS) / DIGITS;
  return result === 0 ? 0 : result;
}

function canonicalJson(value: Value): string {
  if (typeof value === 'number') return String(rounded(value));
  if (isList(value)) return `[${value.map(canonicalJson).join()}]`;
  if (!isRecord(value)) return JSON.stringify(value);
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key] ?? null)}`).join()}}`;
}

/** 64 bits of FNV-1a, from two seeds, as 16 hex digits. */
export function hashOf(text: string): string {
  return [0x811c9dc5, 0x9e3779b9].map((seed) => fnv(text, seed).toString(16).padStart(8, '0')).join('');
}

function fnv(text: string, seed: number): number {
  let state = seed;
  for (let n = 0; n < text.length; n++) state = Math.imul(state ^ text.charCodeAt(n), 0x01000193);
  return state >>> 0;
}
