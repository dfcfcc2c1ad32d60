import { isList, isRecord, sameValue } from '../../../edits/fingerprint.js';
import type { Value } from '../../../shared/design.js';
import type { TargetRun } from './ready-write.js';

/**
 * Sets the characters. In mixed text only what differs is replaced; it takes the style of the first character that it
 * replaces, or of the one before it, as when one types.
 */
export function writeCharacters(text: TextNode, after: string): void {
  const before = text.characters;
  if (before === '' || after === '' || !isMixed(text)) {
    text.characters = after;
    return;
  }
  const prefix = commonPrefix(before, after);
  const suffix = commonSuffix(before.slice(prefix), after.slice(prefix));
  const [removedTo, inserted] = [before.length - suffix, after.slice(prefix, after.length - suffix)];
  const replaces = removedTo > prefix;
  if (inserted !== '') text.insertCharacters(prefix, inserted, replaces || prefix === 0 ? 'AFTER' : 'BEFORE');
  if (replaces) text.deleteCharacters(prefix + inserted.length, removedTo + inserted.length);
}

const STYLED = ['fontName', 'fontSize', 'fills', 'textCase', 'textDecoration', 'lineHeight', 'letterSpacing'] as const;
const STYLED_ONLY_IN_RUNS = ['hyperlink', 'fillStyleId', 'textStyleId'] as const;

function isMixed(text: TextNode): boolean {
  return [...STYLED, ...STYLED_ONLY_IN_RUNS].some((name) => name in text && text[name] === figma.mixed);
}

function commonPrefix(a: string, b: string): number {
  let n = 0;
  while (n < a.length && n < b.length && a[n] === b[n]) n += 1;
  return n > 0 && isHighSurrogate(a.charCodeAt(n - 1)) ? n - 1 : n;
}

function commonSuffix(a: string, b: string): number {
  let n = 0;
  while (n < a.length && n < b.length && a[a.length - 1 - n] === b[b.length - 1 - n]) n += 1;
  return n > 0 && isLowSurrogate(a.charCodeAt(a.length - n)) ? n - 1 : n;
}

/** Characters beyond the basic plane are two units, which stay together. */
function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000;
}

const RANGE_STYLES = { fillStyleId: 'setRangeFillStyleIdAsync', textStyleId: 'setRangeTextStyleIdAsync' } as const;
/** Of the values of a run those that others depend on, then the rest. */
const FIRST = ['fontName', 'fontSize'];

/** Sets the values of each run where they differ. Styles follow later, since their setters are asynchronous. */
export function writeRuns(text: TextNode, runs: Value, run: TargetRun): void {
  if (!isList(runs)) return;
  const { length } = text.characters;
  for (const item of runs) {
    if (!isRecord(item) || typeof item.start !== 'number' || typeof item.end !== 'number') continue;
    const [start, end] = [item.start, Math.min(item.end, length)];
    if (start >= end || !isRecord(item.values)) continue;
    const entries = Object.entries(item.values);
    for (const [field, value] of [...entries.filter(isFirst), ...entries.filter((entry) => !isFirst(entry))]) {
      writeRange(text, { field, start, end, value }, run);
    }
  }
}

function isFirst([field]: [string, Value]): boolean {
  return FIRST.includes(field);
}

interface RangeValue {
  field: string;
  start: number;
  end: number;
  value: Value;
}

/** Sets one value of a range, unless it is so already. */
export function writeRange(text: TextNode, { field, start, end, value }: RangeValue, run: TargetRun): void {
  const current = callMethod(text, `getRange${titled(field)}`, [start, end]);
  if (current !== figma.mixed && sameValue(plain(current), value)) return;
  if (field === 'fillStyleId' || field === 'textStyleId') {
    if (typeof value === 'string') run.later.push(async () => text[RANGE_STYLES[field]](start, end, value));
    return;
  }
  if (value !== null || field === 'hyperlink') callMethod(text, `setRange${titled(field)}`, [start, end, value]);
}

/** Whether the property can be set for ranges of text. */
export function hasRangeSetter(node: SceneNode, property: string): boolean {
  return node.type === 'TEXT' && typeof Reflect.get(node, `setRange${titled(property)}`) === 'function';
}

function callMethod(text: TextNode, name: string, values: readonly unknown[]): unknown {
  const method: unknown = name in text ? Reflect.get(text, name) : undefined;
  if (typeof method !== 'function') throw new Error(`text has no ${name}`);
  return Reflect.apply(method, text, values);
}

function plain(value: unknown): Value {
  const copy: Value = value === undefined ? null : JSON.parse(JSON.stringify(value));
  return copy;
}

function titled(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
