import fc from 'fast-check';
import { isList, isRecord } from '../../plugin/src/edits/fingerprint.js';
import type { Design, DesignLayer, Value } from '../../plugin/src/shared/design.js';
import { Draft, type DraftLayer, translation } from './draft.js';
import { hasAutoLayout, isGroup, isLaidOut, rescale, resize } from './layer-geometry.js';
import { resolved } from './layer-properties.js';
import { colour, darkHex, darkToken, type Mode, paintsOfStyle } from './library.js';

export const VARIATIONS = [
  ...(['none', 'renamed', 'wrapped', 'dark', 'wide', 'doubled', 'translated'] as const),
  ...(['inserted', 'reordered', 'removed'] as const),
] as const;
export type VariationKind = (typeof VARIATIONS)[number];

/** A variation with the choices that it needs. */
export interface VariationChoice {
  kind: VariationKind;
  picks: readonly number[];
}

export const variationChoices: fc.Arbitrary<readonly VariationChoice[]> = fc.array(
  fc.record({ kind: fc.constantFrom(...VARIATIONS), picks: fc.array(fc.nat(999), { minLength: 3, maxLength: 3 }) }),
  { minLength: 1, maxLength: 2 },
);

/** Acts on any version of a design, by the keys of its layers. */
export interface Variation {
  kind: VariationKind;
  apply(design: Design): Design;
  /** The mode of variables in the result. */
  mode: Mode;
}

/** Prefix of the layers that a variation puts around others. */
export const WRAPPER = 'wrap:';
/** Prefix of the layers that a variation inserts. */
export const INSERTED = 'inserted:';

/** The variation of a design that has been edited to `edited`. It acts on both, and on what comes of them. */
export function variationOf({ kind, picks }: VariationChoice, base: Design, edited: Design): Variation {
  const mode = kind === 'dark' ? 'dark' : 'light';
  return { kind, mode, apply: act(kind, picks, base, edited) };
}

function act(kind: VariationKind, picks: readonly number[], base: Design, edited: Design): (design: Design) => Design {
  switch (kind) {
    case 'none':
      return (design) => design;
    case 'renamed':
      return eachLayer((layer, n) => {
        layer.name = `${layer.type} ${100 + 7 * n}`;
      });
    case 'wrapped':
      return wrap(picked(wrappable(base), picks));
    case 'dark':
      return eachLayer(darken);
    case 'wide':
      return changeRoot((draft, root) =>
        resize(draft, root.id, root.width + 40 + ((picks[0] ?? 0) % 200), root.height),
      );
    case 'doubled':
      return changeRoot((draft, root) => rescale(draft, root.id, 2));
    case 'translated':
      return eachLayer(translate);
    case 'inserted':
      return insertRow(base, picked(repeated(base), picks.slice(0, 1)));
    case 'reordered':
      return reverse(picked(reorderable(base, edited), picks.slice(0, 1)), base);
    case 'removed':
      return remove(picked(removable(base), picks.slice(0, 2)));
  }
}

function picked(keys: readonly string[], picks: readonly number[]): string[] {
  return [...new Set(picks.flatMap((pick) => (keys.length === 0 ? [] : [keys[pick % keys.length] ?? ''])))];
}

function change(act: (draft: Draft) => void): (design: Design) => Design {
  return (design) => {
    const draft = Draft.of(design);
    act(draft);
    return draft.design();
  };
}

function changeRoot(act: (draft: Draft, root: DraftLayer) => void): (design: Design) => Design {
  return change((draft) => act(draft, draft.get(draft.rootId)));
}

function eachLayer(act: (layer: DraftLayer, n: number) => void): (design: Design) => Design {
  return change((draft) => {
    for (const [n, id] of draft.ids().entries()) act(draft.get(id), n);
  });
}

/** Layers whose structure can change: not the root, and not inside an instance. */
function structural(base: Design): string[] {
  const draft = Draft.of(base);
  return draft.ids().filter((id) => id !== draft.rootId && draft.instanceAbove(id) === null);
}

function wrappable(base: Design): string[] {
  const draft = Draft.of(base);
  return structural(base).filter((id) => {
    const [layer, parent] = [draft.get(id), draft.parentOf(id)];
    return parent !== null && !isGroup(parent) && !isGroup(layer) && !hasAutoLayout(parent);
  });
}

/** Puts each layer into a frame of its own, at its place. */
function wrap(keys: readonly string[]): (design: Design) => Design {
  return change((draft) => {
    for (const key of keys) {
      const parent = draft.has(key) ? draft.parentOf(key) : null;
      if (parent === null || isGroup(parent) || draft.has(`${WRAPPER}${key}`)) continue;
      const layer = draft.get(key);
      const wrapper: DesignLayer = {
        ...layer,
        id: `${WRAPPER}${key}`,
        type: 'FRAME',
        name: 'Frame',
        props: { ...draft.get(draft.rootId).props, ...WRAPPER_PROPS, constraints: layer.props.constraints ?? null },
      };
      draft.insert(wrapper, parent.id, parent.childIds.indexOf(key));
      draft.place(key, wrapper.id, null);
      layer.transform = translation(0, 0);
      layer.props.constraints = { horizontal: 'STRETCH', vertical: 'STRETCH' };
    }
  });
}

const WRAPPER_PROPS = { fills: [], fillStyleId: '', layoutMode: 'NONE', clipsContent: false, itemSpacing: 0 };

function darken(layer: DraftLayer): void {
  const { props } = layer;
  for (const property of Object.keys(props)) props[property] = darkened(property, props[property] ?? null);
  if (typeof props.fillStyleId === 'string' && props.fillStyleId !== '') props.fills = paintsOfStyle(props.fillStyleId);
  if (typeof props.strokeStyleId === 'string' && props.strokeStyleId !== '') {
    props.strokes = paintsOfStyle(props.strokeStyleId);
  }
}

function darkened(property: string, value: Value): Value {
  if (property === 'fillStyleId' || property === 'strokeStyleId') return darkToken(String(value));
  return ['fills', 'strokes', 'runs'].includes(property) ? resolved(darkenedParts(value), 'dark') : value;
}

function darkenedParts(value: Value): Value {
  if (isList(value)) return value.map(darkenedParts);
  if (!isRecord(value)) return value;
  if (value.type === 'VARIABLE_ALIAS') return { ...value, id: darkToken(String(value.id)) };
  if (typeof value.r === 'number') return colour(darkHex(toHex(value)));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, darkenedParts(item)]));
}

function toHex(color: { readonly [key: string]: Value }): string {
  const parts = [color.r, color.g, color.b].map((part) => Math.round(Number(part) * 255));
  return `#${parts.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

function translate({ props }: DraftLayer): void {
  // of the same length, so that runs stay with their words
  if (typeof props.characters === 'string') props.characters = translated(props.characters);
  for (const [property, value] of Object.entries(props)) {
    if (property.startsWith('component.') && typeof value === 'string') props[property] = translated(value);
  }
}

/** Exchanges letters so that no word stays the same. Digits stay, as in most translations. */
export function translated(text: string): string {
  return text.replace(/[a-z]/gi, (letter) => {
    const first = letter < 'a' ? 65 : 97;
    return String.fromCharCode(first + ((letter.charCodeAt(0) - first + 4) % 26));
  });
}

/** Rows and tabs: layers in auto layout with siblings of the same name. */
function repeated(base: Design): string[] {
  const draft = Draft.of(base);
  return structural(base).filter((id) => {
    const siblings = draft.parentOf(id)?.childIds ?? [];
    const { type, name } = draft.get(id);
    return (
      type === 'FRAME' && isLaidOut(draft, id) && siblings.filter((one) => draft.get(one).name === name).length > 1
    );
  });
}

/** Inserts a copy of a row before it, or before the next row that is there. */
function insertRow(base: Design, [key]: readonly string[]): (design: Design) => Design {
  if (key === undefined) return (design) => design;
  const original = Draft.of(base);
  const parentId = original.parentOf(key)?.id ?? '';
  const siblings = original.get(parentId).childIds;
  const following = siblings.slice(siblings.indexOf(key));
  return change((draft) => {
    if (!draft.has(parentId) || draft.has(`${INSERTED}${key}`)) return;
    const { childIds } = draft.get(parentId);
    const index = childIds.findIndex((id) => following.includes(id));
    copyRow(original, key, draft, parentId, index === -1 ? childIds.length : index);
  });
}

/** An inserted row says something of its own. */
const OTHER_WORDS = ['Ole Petersen', 'Bring the samples along', 'Nora', 'Eighteen photos from the weekend', 'New'];

function copyRow(original: Draft, key: string, draft: Draft, parentId: string, index: number): void {
  const row = original.get(key);
  const id = `${INSERTED}${key}`;
  draft.insert({ ...row, id }, parentId, index);
  const { props } = draft.get(id);
  if (typeof props.characters === 'string')
    props.characters = OTHER_WORDS[props.characters.length % OTHER_WORDS.length] ?? '';
  for (const [n, child] of row.childIds.entries()) copyRow(original, child, draft, `${INSERTED}${key}`, n);
}

/** Parents of free layers whose order the edits leave alone. */
function reorderable(base: Design, edited: Design): string[] {
  return Object.values(base.layers).flatMap(({ id, type, childIds }) => {
    const after = edited.layers[id]?.childIds;
    if (childIds.length < 2 || type === 'INSTANCE' || after === undefined) return [];
    const [kept, now] = [
      childIds.filter((child) => after.includes(child)),
      after.filter((child) => childIds.includes(child)),
    ];
    const isSame =
      kept.every((child, n) => child === now[n]) && after.every((child) => isNewOrOwn(child, childIds, base));
    return isSame ? [id] : [];
  });
}

function isNewOrOwn(child: string, childIds: readonly string[], base: Design): boolean {
  return childIds.includes(child) || base.layers[child] === undefined;
}

/** Reverses the children. What an edit added stays above the sibling that it was put on. */
function reverse([key]: readonly string[], base: Design): (design: Design) => Design {
  if (key === undefined) return (design) => design;
  const own = base.layers[key]?.childIds ?? [];
  return change((draft) => {
    if (!draft.has(key)) return;
    const layer = draft.get(key);
    const blocks: string[][] = [[]];
    for (const id of layer.childIds) {
      if (own.includes(id.replace(WRAPPER, ''))) blocks.push([id]);
      else blocks.at(-1)?.push(id);
    }
    const [first = [], ...rest] = blocks;
    layer.childIds = [...first, ...rest.reverse().flat()];
  });
}

function removable(base: Design): string[] {
  const draft = Draft.of(base);
  return structural(base).filter((id) => (draft.parentOf(id)?.childIds.length ?? 0) > 1);
}

function remove(keys: readonly string[]): (design: Design) => Design {
  return change((draft) => {
    for (const key of keys) if (draft.has(key)) draft.remove(key);
  });
}
