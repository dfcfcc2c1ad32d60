import { diffDesigns } from '../../plugin/src/edits/diff-designs.js';
import type { Edit } from '../../plugin/src/edits/edit.js';
import { merge } from '../../plugin/src/edits/merge.js';
import type { Counterpart, MergedEdit } from '../../plugin/src/edits/merged-edit.js';
import { PROPERTIES } from '../../plugin/src/edits/properties.js';
import { inWriteOrder } from '../../plugin/src/edits/write-order.js';
import type { Design, Value } from '../../plugin/src/shared/design.js';
import type { AppliedRecord, Operation } from '../../plugin/src/shared/operation.js';
import { colourMapOf, coloursIn } from './colours.js';
import { type Comparable, comparable, type Difference, sameCell } from './compare-designs.js';
import { Draft } from './draft.js';
import type { Mode } from './library.js';
import { type EditChoice, type EditKind, edited } from './random-edits.js';
import { asKeyed, asTarget, replay, targetId } from './replay.js';
import { type ScreenChoice, screen } from './screens.js';
import {
  INSERTED,
  type Variation,
  type VariationChoice,
  type VariationKind,
  variationOf,
  WRAPPER,
} from './variations.js';

/** A document, edits and variations. The merge is right if both ways around the square end at the same design. */
export interface SquareChoice {
  screen: ScreenChoice;
  edits: readonly EditChoice[];
  variations: readonly VariationChoice[];
}

/** The corners of a square; ids are keys. */
export interface Square {
  base: Design;
  ours: Design;
  /** The variation of base. */
  theirs: Design;
  /** The variation of ours. */
  expected: Design;
  variations: readonly Variation[];
  mode: Mode;
}

/** Edits whose result after the variation is not defined, by the variation. */
export const EXCLUDED: { readonly [variation in VariationKind]?: readonly EditKind[] } = {
  // Figma decides how a scaled instance shows another component (`scaleFactor` in the typings), the merge writes the token
  doubled: ['swap'],
};

/**
 * Layers whose place and size are not defined in a square: with other constraints, or in another parent, the layer would
 * have followed the change of width, but the target was wide before the edit.
 */
function unplaced({ base, ours, variations }: Square): Set<string> {
  if (variations.every(({ kind }) => kind !== 'wide')) return new Set();
  const draft = Draft.of(ours);
  const changed = draft.ids().filter((id) => {
    const [before, after] = [base.layers[id], ours.layers[id]];
    if (before === undefined || after === undefined) return false;
    return before.parentId !== after.parentId || !sameCell(before.props.constraints, after.props.constraints);
  });
  return new Set(changed.flatMap((id) => draft.subtree(id)));
}

export function squareOf(choice: SquareChoice): Square {
  const base = screen(choice.screen);
  const excluded = choice.variations.flatMap(({ kind }) => EXCLUDED[kind] ?? []);
  const ours = edited(
    base,
    choice.edits.filter(({ kind }) => !excluded.includes(kind)),
  );
  const variations = choice.variations.map((one) => variationOf(one, base, ours));
  const vary = (design: Design) => variations.reduce((varied, { apply }) => apply(varied), design);
  const mode = variations.some((one) => one.mode === 'dark') ? 'dark' : 'light';
  return { base, ours, theirs: vary(base), expected: vary(ours), variations, mode };
}

/** The layer of the same key for each layer of base. */
export function exactCounterparts(base: Design, theirs: Design): { [sourceLayerId: string]: Counterpart } {
  const entries = Object.keys(base.layers).map((key): [string, Counterpart] => {
    const layerId = theirs.layers[key] === undefined ? null : targetId(key);
    return [key, { layerId, confidence: 1, runnersUp: [] }];
  });
  return Object.fromEntries(entries);
}

export interface Merged {
  edits: readonly Edit[];
  merged: readonly MergedEdit[];
  /** The target with all operations that are on by default; ids are keys. */
  actual: Design;
  records: readonly AppliedRecord[];
}

/** What is on by default, at a certain correspondence. */
export function includedOperations(merged: readonly MergedEdit[]): Operation[] {
  return merged.flatMap(({ outcome }) =>
    outcome.kind === 'change' && outcome.include !== 'never' ? [outcome.operation] : [],
  );
}

/** What is on by default, and what the source took back. */
export function withTakenBack(merged: readonly MergedEdit[]): Operation[] {
  const isOn = ({ outcome, isTakenBack }: MergedEdit) =>
    outcome.kind === 'change' && (isTakenBack === true || outcome.include !== 'never');
  return merged.flatMap((one) => (isOn(one) && one.outcome.kind === 'change' ? [one.outcome.operation] : []));
}

/** Merges into a keyed target and writes what `accepted` gives, by default what is on by default. */
export function mergeInto(
  square: Pick<Square, 'base' | 'ours' | 'mode'>,
  theirs: Design,
  applied: readonly AppliedRecord[] = [],
  accepted: (merged: readonly MergedEdit[]) => Operation[] = includedOperations,
): Merged {
  const { base, ours, mode } = square;
  const edits = diffDesigns(base, ours);
  const target = asTarget(theirs);
  const counterparts = exactCounterparts(base, theirs);
  const merged = merge({ base, ours, edits, theirs: target, counterparts, applied });
  const { design, records } = replay(target, ours, inWriteOrder(accepted(merged)), mode);
  return { edits, merged, actual: asKeyed(design), records };
}

/** How the merge of a square came out, counted in cells: properties, places, sizes, parents, orders of layers. */
export interface Verdict {
  right: number;
  /** Off, with the right value as the proposal. */
  offered: number;
  /** Off, since the target says something else. */
  shown: number;
  /** In an added layer as in the source, since `add` copies: its words, and colours that the target has no single one for. */
  copied: number;
  missed: Difference[];
  wrong: Difference[];
}

/** Compares the merged target with the right answer, cell by cell. */
export function judge(square: Square, { merged, actual }: Pick<Merged, 'merged' | 'actual'>): Verdict {
  const [base, theirs, expected, found] = [square.base, square.theirs, square.expected, actual].map(comparable);
  if (!base || !theirs || !expected || !found) throw new Error('four designs');
  const verdict: Verdict = { right: 0, offered: 0, shown: 0, copied: 0, missed: [], wrong: [] };
  const rows = new Map(merged.map((row) => [rowKey(row.edit), row]));
  const free = unplaced(square);
  for (const difference of differences(base, theirs, expected, found, verdict)) {
    const { key, what } = difference;
    if (free.has(key) && (what === 'place' || what === 'width' || what === 'height')) continue;
    const ofRuns = ['runs', 'characters'].flatMap((property) => rows.get(`${key} ${property}`) ?? []);
    const row =
      rows.get(`${key} ${STYLES[what] ?? what}`) ??
      rows.get(`${key} ${what}`) ??
      (RUN_PROPERTIES.has(what) ? ofRuns[0] : undefined);
    if (row?.outcome.kind === 'conflict' && isOffered(row, difference)) verdict.offered++;
    else if (isCopied(difference, square)) verdict.copied++;
    else if (isRightlyOff(difference, square, row)) verdict.shown++;
    else if (sameCell(difference.actual, difference.theirs)) verdict.missed.push(difference);
    else verdict.wrong.push(difference);
  }
  return verdict;
}

function rowKey(edit: Edit): string {
  return `${edit.layerId} ${edit.kind === 'set' ? edit.property : edit.kind}`;
}

function* differences(
  base: Comparable,
  theirs: Comparable,
  expected: Comparable,
  found: Comparable,
  counts: { right: number },
): Generator<Difference> {
  for (const key of new Set([...expected.keys(), ...found.keys()])) {
    if (key.startsWith(WRAPPER)) continue;
    const [right, actual] = [expected.get(key), found.get(key)];
    const isInBoth = right !== undefined && actual !== undefined;
    const cells = isInBoth ? new Set([...right.keys(), ...actual.keys()]) : ['exists'];
    for (const what of cells) {
      // what follows from the layers around it, which edits of the row's parent change
      if (key.startsWith(INSERTED) && GEOMETRY.has(what)) continue;
      const onlyShared = (value: Value | undefined) => (what === 'order' ? sharedOrder(value, expected, found) : value);
      const difference = {
        key,
        what,
        base: base.get(key)?.get(what),
        theirs: onlyShared(theirs.get(key)?.get(what)),
        expected: onlyShared(right?.get(what)),
        actual: onlyShared(actual?.get(what)),
      };
      if (!sameCell(difference.expected, difference.actual)) yield difference;
      else if (!sameCell(difference.expected, difference.theirs)) counts.right++;
    }
  }
}

/** The order among the layers that both have below the same parent. */
function sharedOrder(value: Value | undefined, expected: Comparable, found: Comparable): Value | undefined {
  if (!Array.isArray(value)) return value;
  return value.filter((id) => sameCell(expected.get(id)?.get('parent'), found.get(id)?.get('parent')));
}

function isCopied(difference: Difference, square: Square): boolean {
  const { key, what, actual } = difference;
  const { base, ours } = square;
  const source = ours.layers[key];
  if (base.layers[key] !== undefined || source === undefined || isNumeric(what)) return false;
  const isPaint = (what === 'fills' || what === 'strokes') && !key.includes(';');
  const isKnown = isInColourMap(difference, square) && !isUnknownToken(difference, square);
  if (isPaint && square.mode === 'dark' && isKnown) return false;
  return sameCell(source.props[what], actual);
}

/** Without a proposal of its own, ours is what the target's colours give. */
function isOffered({ outcome }: MergedEdit, { expected }: Difference): boolean {
  if (outcome.kind !== 'conflict') return false;
  const { write } = outcome.proposal ?? outcome.ours;
  return write.kind === 'set' && sameCell(write.after, expected);
}

/** Whether the merge table leaves the cell to the designer. */
function isRightlyOff(difference: Difference, square: Square, row: MergedEdit | undefined): boolean {
  const { key, what, base, theirs, actual } = difference;
  if (what === 'name') return true;
  if (what === 'exists' || what === 'parent') return isRightlyLeft(key, square, row);
  const isConflict = row?.outcome.kind === 'conflict';
  if (isConflict && isUnknownToken(difference, square)) return true;
  if (PROPERTIES[what] === 'colours' && (square.mode === 'dark' || !sameCell(base, theirs))) {
    const isShown = row?.outcome.kind === 'kept' || (isConflict && !isInColourMap(difference, square));
    return isShown && (sameCell(actual, theirs) || isSwapped(key, square));
  }
  if (!sameCell(actual, theirs)) return false;
  // runs of other words
  const text = (design: Design) => design.layers[key]?.props.characters;
  if (RUN_PROPERTIES.has(what) && !sameCell(text(square.base), text(square.theirs))) {
    return isConflict;
  }
  if (sameCell(base, theirs)) return false;
  return !isNumeric(what);
}

/** Whether a swap of the component decides what the layer has where an edit of it is off. */
function isSwapped(key: string, { base, ours }: Square): boolean {
  const [instanceId = ''] = key.split(';');
  const component = ({ layers }: Design) => layers[instanceId]?.props.mainComponent;
  return !sameCell(component(base), component(ours));
}

/** Whether the right value is another token than ours, and one that the target uses nowhere. */
function isUnknownToken({ key, what, expected }: Difference, { ours, theirs, expected: right }: Square): boolean {
  const idsOf = (value: Value | undefined, { layers }: Design): string[] => {
    const style = layers[key]?.props[STYLES[what] ?? what] ?? null;
    return JSON.stringify([value ?? null, style]).match(/(S|VariableID):[^"]+/g) ?? [];
  };
  const own = idsOf(ours.layers[key]?.props[what], ours);
  const ids = idsOf(expected, right).filter((id) => !own.includes(id));
  return PROPERTIES[what] !== undefined && ids.some((id) => theirs.tokens[id] === undefined);
}

/** Whether the target has one colour in place of each of ours, so that the edit must come with a proposal. */
function isInColourMap({ key, what }: Difference, { base, ours, theirs }: Square): boolean {
  const map = colourMapOf(base, theirs);
  const colours = coloursIn(ours.layers[key]?.props[what] ?? null);
  return colours.length > 0 && colours.every((one) => map.get(one)?.size === 1);
}

/** Whether a difference must be applied, and nothing be left to the designer. */
function isNumeric(what: string): boolean {
  return GEOMETRY.has(what) || PROPERTIES[what] === 'length' || PROPERTIES[what] === 'number';
}

/** The style that decides a property, if one is set. */
const STYLES: { readonly [property: string]: string } = { fills: 'fillStyleId', strokes: 'strokeStyleId' };

/** The properties of runs in the squares. */
const RUN_PROPERTIES: ReadonlySet<string> = new Set(['runs', 'fontName', 'textDecoration']);

const GEOMETRY: ReadonlySet<string> = new Set(['place', 'width', 'height', 'order']);

/** Layers without a counterpart, of which nothing can be written, and layers with contents of the target's own. */
function isRightlyLeft(key: string, { base, ours, theirs, expected }: Square, row: MergedEdit | undefined): boolean {
  const isIn = (design: Design) => design.layers[key] !== undefined;
  if (key.startsWith(INSERTED)) return !isIn(expected);
  if (isIn(base) && !isIn(theirs)) return true;
  if (isIn(theirs) && !isIn(ours)) return holdsOwnLayers(key, base, theirs);
  if (isIn(theirs) && !isIn(expected)) return true;
  const parentId = ours.layers[key]?.parentId ?? '';
  if (!isIn(expected) && isLeftBehind(parentId, theirs, expected)) return true;
  return row?.outcome.kind === 'blocked' || row?.outcome.kind === 'missing';
}

/** Whether the variation removes the layer only where the edit has moved it to. */
function isLeftBehind(key: string, theirs: Design, expected: Design): boolean {
  return theirs.layers[key] !== undefined && expected.layers[key] === undefined;
}

/** Whether the layer of the target, or one around it that was removed too, holds a layer that base has not there. */
function holdsOwnLayers(key: string, base: Design, theirs: Design): boolean {
  const below = (id: string): string[] => [id, ...(theirs.layers[id]?.childIds.flatMap(below) ?? [])];
  const around = [key, ...ancestors(key, theirs)].filter((id) => id !== theirs.rootId);
  return around.some((id) => below(id).some((one) => base.layers[one] === undefined));
}

function ancestors(key: string, { layers }: Design): string[] {
  const parentId = layers[key]?.parentId ?? null;
  return parentId === null ? [] : [parentId, ...ancestors(parentId, { layers, rootId: '', tokens: {} })];
}
