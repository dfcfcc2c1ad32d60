import { isList, isRecord } from '../../../edits/fingerprint.js';
import { formatNumber, formatValue } from '../../../edits/format-value.js';
import type { Design, Value } from '../../../shared/design.js';
import type { LayerRef, Operation, Write } from '../../../shared/operation.js';
import type { EditRow, EditsMerge } from './edits-rows.js';

/** A value as the preview shows it. */
export interface ShownValue {
  /** CSS colours. */
  colours: readonly string[];
  text: string;
}

/** What an operation changes in the target. `before` is null where there is nothing yet to compare with. */
export interface ShownChange {
  before: ShownValue | null;
  after: ShownValue;
}

/** At most this many swatches stand for a value. */
const MOST_SWATCHES = 4;

/** The change of a row's target by one of the row's operations. */
export function shownChange(merge: EditsMerge, row: EditRow, { write }: Operation): ShownChange {
  const theirs = row.target.edits.design;
  switch (write.kind) {
    case 'set': {
      const { property, before, after } = write;
      return { before: shownValue(property, before, theirs), after: shownValue(property, after, merge.ours, theirs) };
    }
    case 'move':
      return {
        before: plain(pair(write.before.x, write.before.y, ', ')),
        after: plain(pair(write.after.x, write.after.y, ', ')),
      };
    case 'resize': {
      const { before, after } = write;
      return {
        before: plain(pair(before.width, before.height, ' × ')),
        after: plain(pair(after.width, after.height, ' × ')),
      };
    }
    default:
      return { before: null, after: plain(structureSentence(merge, theirs, write)) };
  }
}

function structureSentence(
  { ours }: EditsMerge,
  theirs: Design,
  write: Exclude<Write, { kind: 'set' | 'move' | 'resize' }>,
): string {
  const nameOf = (ref: LayerRef) =>
    'layerId' in ref ? (theirs.layers[ref.layerId]?.name ?? '') : (ours.layers[ref.addedFrom]?.name ?? '');
  switch (write.kind) {
    case 'add':
      return `New in “${nameOf(write.parent)}”`;
    case 'remove':
      return `Removes “${nameOf(write)}”`;
    case 'reparent':
      return `Moves into “${nameOf(write.parent)}”`;
    case 'reorder':
      return write.previousSibling === null
        ? 'Moves to the back'
        : `Moves in front of “${nameOf(write.previousSibling)}”`;
  }
}

function plain(text: string): ShownValue {
  return { colours: [], text };
}

function pair(first: number, second: number, separator: string): string {
  return `${formatNumber(first)}${separator}${formatNumber(second)}`;
}

/** A property's value in words and swatches. Ids of tokens get their names from the first design that has them. */
export function shownValue(property: string, value: Value, ...designs: readonly Design[]): ShownValue {
  const colours = coloursIn(value).slice(0, MOST_SWATCHES);
  // the whole text, which the view cuts
  if (property === 'characters' && typeof value === 'string' && value !== '') return plain(`“${value}”`);
  const design = designs.find(({ tokens }) => typeof value === 'string' && tokens[value] !== undefined);
  return { colours, text: formatValue(property, value, design ?? designs[0] ?? null) };
}

/** All colours in a value, as CSS. */
function coloursIn(value: Value): string[] {
  if (isList(value)) return value.flatMap(coloursIn);
  if (!isRecord(value)) return [];
  if (typeof value.r === 'number') return [`${hex(value)}${alphaHex(value.a)}`];
  const colours = Object.values(value).flatMap(coloursIn);
  const { opacity } = value;
  return typeof opacity === 'number' && opacity < 1
    ? colours.map((colour) => `${colour.slice(0, 7)}${alphaHex(opacity)}`)
    : colours;
}

function hex({ r, g, b }: { readonly [key: string]: Value }): string {
  return `#${[r, g, b].map((part) => byteHex(part)).join('')}`;
}

function alphaHex(alpha: Value | undefined): string {
  return typeof alpha === 'number' && alpha < 1 ? byteHex(alpha) : '';
}

function byteHex(part: Value | undefined): string {
  const fraction = typeof part === 'number' ? part : 0;
  return Math.round(fraction * 255)
    .toString(16)
    .toUpperCase()
    .padStart(2, '0');
}
