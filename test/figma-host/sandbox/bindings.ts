import type { Json, RawNode } from '../spec.js';
import { addOverride, outermostInstance } from './instances.js';
import { isRemote } from './overrides.js';
import { setProp } from './property-access.js';
import { needsLayout, recordChange } from './store.js';
import { fitText, requireFonts } from './text.js';
import { type Alias, aliasOf, findVariable, isAlias, resolveValue } from './variables.js';

type Fields = { [name: string]: Json };

/** Typings: VariableBindableNodeField and VariableBindableTextField, with the type of variable that each takes. */
const BINDABLE: { readonly [field: string]: 'FLOAT' | 'STRING' | 'BOOLEAN' } = {
  visible: 'BOOLEAN',
  ...Object.fromEntries(['characters', 'fontFamily', 'fontStyle'].map((name) => [name, 'STRING'] as const)),
  ...Object.fromEntries(
    [
      ...['width', 'height', 'minWidth', 'maxWidth', 'minHeight', 'maxHeight', 'itemSpacing', 'counterAxisSpacing'],
      ...['paddingLeft', 'paddingRight', 'paddingTop', 'paddingBottom', 'cornerRadius', 'opacity'],
      ...['topLeftRadius', 'topRightRadius', 'bottomLeftRadius', 'bottomRightRadius', 'gridRowGap', 'gridColumnGap'],
      ...['strokeWeight', 'strokeTopWeight', 'strokeRightWeight', 'strokeBottomWeight', 'strokeLeftWeight'],
      ...['fontSize', 'fontWeight', 'letterSpacing', 'lineHeight', 'paragraphSpacing', 'paragraphIndent'],
    ].map((name) => [name, 'FLOAT'] as const),
  ),
};
const TEXT_FIELDS = new Set([
  ...['fontFamily', 'fontSize', 'fontStyle', 'fontWeight', 'letterSpacing', 'lineHeight'],
  ...['paragraphSpacing', 'paragraphIndent'],
]);
const CORNERS = ['topLeftRadius', 'topRightRadius', 'bottomLeftRadius', 'bottomRightRadius'];
const LISTS = ['fills', 'strokes', 'effects', 'layoutGrids'];

/** The bindings of single values that a node stores. */
function storedBindings(node: RawNode): { [field: string]: Alias } {
  const stored = node.props.boundVariables;
  if (!isFields(stored)) return {};
  return Object.fromEntries(
    Object.entries(stored).flatMap(([field, alias]) => (isAlias(alias) ? [[field, alias] as const] : [])),
  );
}

/** `node.boundVariables`: with those of paints, effects and grids, and lists for fields of text. */
export function boundVariablesOf(node: RawNode): Fields {
  const single = Object.entries(storedBindings(node)).map(([field, { id }]): [string, Json] =>
    TEXT_FIELDS.has(field) ? [field, [aliasOf(id)]] : [field, aliasOf(id)],
  );
  const lists = LISTS.map((field): [string, Json] => [field, aliasesIn(node.props[field] ?? [])]);
  return Object.fromEntries([...single, ...lists.filter(([, found]) => Array.isArray(found) && found.length > 0)]);
}

function aliasesIn(list: Json): Json[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry) =>
    isFields(entry) && isFields(entry.boundVariables) ? Object.values(entry.boundVariables).filter(isAlias) : [],
  ) as Json[];
}

/** Binds a field to a variable, or unbinds it with null. */
export function setBinding(node: RawNode, field: string, variableId: string | null): void {
  const kind = BINDABLE[field];
  if (kind === undefined) throw new Error(`in setBoundVariable: "${field}" cannot be bound to a variable`);
  if (isRemote(node)) throw new Error('in setBoundVariable: Cannot write to internal and read-only node');
  const variable = variableId === null ? null : findVariable(variableId);
  if (variable !== null && variable.resolvedType !== kind) {
    throw new Error(`in setBoundVariable: Variable of type ${variable.resolvedType} cannot be bound to "${field}"`);
  }
  if (variable !== null && node.type === 'TEXT' && (TEXT_FIELDS.has(field) || field === 'characters')) {
    requireFonts(node);
  }
  recordChange(node.id, field);
  const fields = field === 'cornerRadius' && node.type !== 'VECTOR' ? CORNERS : [field];
  const bindings: Fields = Object.fromEntries(
    Object.entries(storedBindings(node)).map(([name, { id }]) => [name, aliasOf(id)]),
  );
  for (const name of fields) {
    if (variable === null) delete bindings[name];
    else bindings[name] = aliasOf(variable.id);
  }
  storeBindings(node, bindings);
  if (outermostInstance(node) !== null) for (const name of [...fields, 'boundVariables']) addOverride(node, name);
}

function storeBindings(node: RawNode, bindings: Fields): void {
  if (Object.keys(bindings).length === 0) delete node.props.boundVariables;
  else node.props.boundVariables = bindings;
}

/** Removes the binding of a property that was written. */
export function unbind(node: RawNode, property: string): void {
  const bindings: Fields = { ...(node.props.boundVariables as Fields | undefined) };
  const names = property === 'cornerRadius' ? [property, ...CORNERS] : [property];
  const fields = property === 'fontName' ? ['fontFamily', 'fontStyle', 'fontWeight'] : names;
  if (!fields.some((field) => field in bindings)) return;
  for (const field of fields) delete bindings[field];
  storeBindings(node, bindings);
  if (outermostInstance(node) !== null) addOverride(node, 'boundVariables');
}

/** Gives the bound properties of a node the values of their variables in its modes. */
export function resolveBindings(node: RawNode): void {
  for (const [field, { id }] of Object.entries(storedBindings(node))) {
    const variable = findVariable(id);
    if (variable !== null) setResolved(node, field, resolveValue(variable, node));
  }
  for (const field of LISTS) {
    const list = node.props[field];
    if (Array.isArray(list) && aliasesIn(list).length > 0)
      node.props[field] = list.map((entry) => resolvedEntry(entry, node));
  }
}

function setResolved(node: RawNode, field: string, value: Json): void {
  const before = JSON.stringify([node.width, node.height, node.props]);
  if (field === 'width' || field === 'height') node[field] = Number(value);
  else if (field === 'fontFamily' || field === 'fontStyle') {
    const name = isFields(node.props.fontName) ? node.props.fontName : { family: 'Inter', style: 'Regular' };
    setProp(node, 'fontName', { ...name, [field === 'fontFamily' ? 'family' : 'style']: value });
  } else if (field === 'lineHeight') setProp(node, 'lineHeight', { unit: 'PIXELS', value });
  else if (field === 'letterSpacing') setProp(node, 'letterSpacing', { unit: 'PIXELS', value });
  else if (field !== 'fontWeight') setProp(node, field, value);
  if (before === JSON.stringify([node.width, node.height, node.props])) return;
  if (node.type === 'TEXT') fitText(node);
  needsLayout(node.id);
}

function resolvedEntry(entry: Json, node: RawNode): Json {
  if (!isFields(entry) || !isFields(entry.boundVariables)) return entry;
  const resolved: Fields = { ...entry };
  for (const [field, alias] of Object.entries(entry.boundVariables)) {
    const variable = isAlias(alias) ? findVariable(alias.id) : null;
    if (variable === null) continue;
    const value = resolveValue(variable, node);
    if (field === 'color' && isFields(value)) {
      const { a = 1, ...rgb } = value;
      resolved.color = 'radius' in entry ? { ...rgb, a } : rgb;
      if (!('radius' in entry) && a !== 1) resolved.opacity = a;
    } else resolved[field] = value;
  }
  return resolved;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
