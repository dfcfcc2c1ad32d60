import type { Json, RawNode, RawStyle, StyleType } from '../spec.js';
import { hexOf } from './component-methods.js';
import { promise } from './event-loop.js';
import { addOverride, outermostInstance } from './instances.js';
import { settle, type Wrapped, wrap } from './node-proxy.js';
import { checkWritable } from './overrides.js';
import { setProp } from './property-access.js';
import { allNodes, documentState, get, newId, recordChange, touch } from './store.js';
import { fitText, requireFont, requireFonts } from './text.js';

/** The properties of nodes that hold the id of a style, with the type of style and what it sets. */
export const STYLE_FIELDS: { readonly [field: string]: { type: StyleType; sets: string | null; method: string } } = {
  fillStyleId: { type: 'PAINT', sets: 'fills', method: 'setFillStyleIdAsync' },
  strokeStyleId: { type: 'PAINT', sets: 'strokes', method: 'setStrokeStyleIdAsync' },
  effectStyleId: { type: 'EFFECT', sets: 'effects', method: 'setEffectStyleIdAsync' },
  gridStyleId: { type: 'GRID', sets: 'layoutGrids', method: 'setGridStyleIdAsync' },
  textStyleId: { type: 'TEXT', sets: null, method: 'setTextStyleIdAsync' },
};
const CONTENT: { readonly [type in StyleType]: string | null } = {
  ...{ PAINT: 'paints', EFFECT: 'effects', GRID: 'layoutGrids', TEXT: null },
};

/** What a text style sets, with the defaults of a new one. */
const TEXT_FIELDS: { readonly [field: string]: Json } = {
  fontSize: 12,
  fontName: { family: 'Inter', style: 'Regular' },
  textDecoration: 'NONE',
  letterSpacing: { unit: 'PERCENT', value: 0 },
  lineHeight: { unit: 'AUTO' },
  leadingTrim: 'NONE',
  paragraphIndent: 0,
  paragraphSpacing: 0,
  listSpacing: 0,
  textCase: 'ORIGINAL',
};

export function findStyle(id: string): RawStyle | null {
  return documentState().assets.styles.find((style) => style.id === id) ?? null;
}

/** The values that a style gives a node, by property. */
export function valuesOfStyle(style: RawStyle, field: string): { [property: string]: Json } {
  const { sets } = STYLE_FIELDS[field] ?? { sets: null };
  if (sets !== null) return { [sets]: style.props[CONTENT[style.type] ?? ''] ?? [] };
  return Object.fromEntries(
    Object.keys(TEXT_FIELDS).map((name) => [name, style.props[name] ?? TEXT_FIELDS[name] ?? null]),
  );
}

/** Links a property of a node to a style, or unlinks it with an empty id. */
export function applyStyle(node: RawNode, field: string, styleId: string): void {
  const { type, method } = STYLE_FIELDS[field] ?? { type: 'PAINT', method: field };
  const style = styleId === '' ? null : findStyle(styleId);
  checkWritable(node, field);
  if (styleId !== '' && style === null) throw new Error(`in ${method}: Style with id "${styleId}" does not exist`);
  if (style !== null && style.type !== type) throw new Error(`in ${method}: Expected a style of type ${type}`);
  if (style !== null && type === 'TEXT') {
    requireFonts(node);
    requireFont(style.props.fontName ?? TEXT_FIELDS.fontName ?? null);
  }
  recordChange(node.id, field);
  takeStyle(node, field, style);
  if (outermostInstance(node) === null) return;
  for (const name of [field, ...Object.keys(style === null ? {} : valuesOfStyle(style, field))])
    addOverride(node, name);
}

function takeStyle(node: RawNode, field: string, style: RawStyle | null): void {
  const values = style === null ? {} : valuesOfStyle(style, field);
  for (const [name, value] of Object.entries(values)) setProp(node, name, value);
  setProp(node, field, style?.id ?? '');
  if (style?.type === 'TEXT') fitText(node);
}

/** Unlinks the style of a property that was written. */
export function unlinkStyle(node: RawNode, property: string): void {
  const field = Object.keys(STYLE_FIELDS).find((name) => {
    const { sets } = STYLE_FIELDS[name] ?? { sets: null };
    return sets === null ? property in TEXT_FIELDS : sets === property;
  });
  if (field === undefined || node.props[field] === undefined) return;
  delete node.props[field];
  if (outermostInstance(node) !== null) addOverride(node, field);
}

/** Updates all users of a style. Figma reports no changes of these nodes. */
function updateUsers(style: RawStyle): void {
  for (const node of allNodes()) {
    for (const field of Object.keys(STYLE_FIELDS)) {
      if (node.props[field] !== style.id) continue;
      takeStyle(node, field, style);
      touch(node.id);
    }
  }
  settle();
}

/** The setters of style ids of a node, and what throws with dynamic pages. */
export function styleMethods(id: string, fields: readonly string[]): { [name: string]: () => unknown } {
  const setters = fields.map((field) => [
    STYLE_FIELDS[field]?.method ?? field,
    () => (styleId: string) =>
      promise(() => {
        applyStyle(get(id), field, styleId);
        settle();
      }),
  ]);
  return Object.fromEntries(setters);
}

const READ_ONLY = new Set(['id', 'key', 'type', 'remote', 'boundVariables']);

/** The style object that a plugin gets. */
export function wrapStyle(id: string): Wrapped {
  return new Proxy(
    {},
    {
      has: (_, name) => readStyle(id, String(name)) !== undefined,
      get: (_, name) => (typeof name === 'string' ? readStyle(id, name) : undefined),
      set: (_, name, value) => {
        writeStyle(id, String(name), value);
        return true;
      },
    },
  );
}

function readStyle(id: string, name: string): unknown {
  if (name === 'then' || name === 'toJSON') return undefined;
  const style = findStyle(id);
  if (style === null) throw new Error(`The style with id "${id}" does not exist`);
  const content = CONTENT[style.type];
  if (name === content) return freezeDeep(style.props[name] ?? []);
  if (style.type === 'TEXT' && name in TEXT_FIELDS) return freezeDeep(style.props[name] ?? TEXT_FIELDS[name] ?? null);
  const methods: { [name: string]: unknown } = {
    boundVariables: {},
    remove: () => removeStyle(style),
    getStyleConsumersAsync: () => promise(() => consumersOf(id)),
    getSharedPluginData: (space: string, key: string) => style.sharedPluginData[`${space}/${key}`] ?? '',
  };
  if (name in methods) return methods[name];
  const { props: _, sharedPluginData: __, ...own } = style;
  const fields: { [name: string]: unknown } = { ...own };
  if (!(name in fields)) throw new TypeError(`no such property '${name}' on ${style.type} style`);
  return fields[name];
}

function writeStyle(id: string, name: string, value: unknown): void {
  readStyle(id, name);
  const style = findStyle(id);
  if (style === null || READ_ONLY.has(name)) throw new TypeError(`in set_${name}: no setter for property`);
  if (style.remote) throw new Error(`in set_${name}: Cannot write to internal and read-only style`);
  if (name === 'fontName') requireFont(value as Json);
  if (name === 'name' || name === 'description') style[name] = String(value);
  else style.props[name] = JSON.parse(JSON.stringify(value)) as Json;
  updateUsers(style);
}

function removeStyle(style: RawStyle): void {
  if (style.remote) throw new Error('in remove: Cannot remove a remote style');
  const { assets } = documentState();
  assets.styles = assets.styles.filter((one) => one !== style);
}

function consumersOf(id: string): { node: Wrapped; fields: string[] }[] {
  return allNodes().flatMap((node) => {
    const fields = Object.keys(STYLE_FIELDS).filter((field) => node.props[field] === id);
    return fields.length === 0 ? [] : [{ node: wrap(node.id), fields }];
  });
}

/** A frozen copy. */
export function freezeDeep(value: Json): Json {
  const copy: Json = JSON.parse(JSON.stringify(value));
  const freeze = (part: Json): void => {
    if (typeof part !== 'object' || part === null) return;
    for (const inner of Object.values(part)) freeze(inner);
    Object.freeze(part);
  };
  freeze(copy);
  return copy;
}

/** Adds a style to the document. */
export function addStyle(type: StyleType, given: Partial<RawStyle> = {}): RawStyle {
  const key = given.key ?? hexOf(`style ${newId()}`);
  const content = CONTENT[type];
  const style: RawStyle = {
    ...{ id: `S:${key},${given.remote === true ? '1:1' : ''}`, type, name: 'Style', description: '', remote: false },
    ...{ props: content === null ? {} : { [content]: [] }, sharedPluginData: {} },
    ...given,
    key,
  };
  documentState().assets.styles.push(style);
  return style;
}

const local = (type: StyleType) => () =>
  promise(() =>
    documentState()
      .assets.styles.filter((style) => style.type === type && !style.remote)
      .map((style) => wrapStyle(style.id)),
  );

/** The style functions of `figma`. */
export const styleApi = {
  getStyleByIdAsync: (id: string) => promise(() => (findStyle(id) === null ? null : wrapStyle(id))),
  importStyleByKeyAsync: (key: string) =>
    promise(() => {
      const found = documentState().assets.styles.find((style) => style.key === key && style.remote);
      if (found === undefined) throw new Error(`in importStyleByKeyAsync: Style with key "${key}" not found`);
      return wrapStyle(found.id);
    }),
  createPaintStyle: () => wrapStyle(addStyle('PAINT').id),
  createTextStyle: () => wrapStyle(addStyle('TEXT').id),
  createEffectStyle: () => wrapStyle(addStyle('EFFECT').id),
  createGridStyle: () => wrapStyle(addStyle('GRID').id),
  getLocalPaintStylesAsync: local('PAINT'),
  getLocalTextStylesAsync: local('TEXT'),
  getLocalEffectStylesAsync: local('EFFECT'),
  getLocalGridStylesAsync: local('GRID'),
};
