import type { DocumentSpec, Json, NodeSpec, RawNode, VariableType } from '../spec.js';
import { setBinding } from './bindings.js';
import { hexOf } from './component-methods.js';
import { documentState } from './store.js';
import { addStyle, applyStyle } from './styles.js';
import { addCollection, addVariable, aliasOf, setMode } from './variables.js';

/** Adds the styles and variables of a spec. */
export function buildAssets({ styles = [], collections = [] }: DocumentSpec): void {
  for (const { type, name, props, isLibrary = false } of styles) {
    addStyle(type, { name, props, remote: isLibrary, key: hexOf(`style ${name}`) });
  }
  for (const { name, modes, variables, isLibrary = false } of collections) {
    const collection = addCollection(name, modes, isLibrary);
    for (const [variableName, values] of Object.entries(variables)) {
      const variable = addVariable(variableName, collection, typeOf(values[0] ?? null));
      collection.modes.forEach(({ modeId }, index) => {
        variable.valuesByMode[modeId] = storedValue(values[index] ?? values[0] ?? null);
      });
    }
  }
}

function typeOf(value: Json): VariableType {
  if (typeof value === 'boolean') return 'BOOLEAN';
  if (typeof value === 'number') return 'FLOAT';
  if (typeof value === 'object' && value !== null && 'alias' in value)
    return variableNamed(String(value.alias)).resolvedType;
  return typeof value === 'string' ? 'STRING' : 'COLOR';
}

function storedValue(value: Json): Json {
  const isAlias = typeof value === 'object' && value !== null && 'alias' in value;
  return isAlias ? aliasOf(variableNamed(String(value.alias)).id) : value;
}

/** Gives a node the styles, variables and modes that its spec names. */
export function applyAssets(node: RawNode, { styles = {}, variables = {}, modes = {} }: NodeSpec): void {
  const { assets } = documentState();
  for (const [collectionName, modeName] of Object.entries(modes)) {
    const collection = assets.collections.find(({ name }) => name === collectionName);
    const mode = collection?.modes.find(({ name }) => name === modeName);
    if (collection === undefined || mode === undefined) throw new Error(`no mode ${collectionName}/${modeName}`);
    setMode(node, collection.id, mode.modeId);
  }
  for (const [field, styleName] of Object.entries(styles)) {
    const style = assets.styles.find(({ name }) => name === styleName);
    if (style === undefined) throw new Error(`no style ${styleName}`);
    applyStyle(node, field, style.id);
  }
  for (const [field, variableName] of Object.entries(variables))
    bindByName(node, field, variableNamed(variableName).id);
}

/** Binds a field; for `fills` and `strokes` the colour of the topmost paint. */
export function bindByName(node: RawNode, field: string, variableId: string | null): void {
  if (field !== 'fills' && field !== 'strokes') {
    setBinding(node, field, variableId);
    return;
  }
  const paints = node.props[field];
  const list = Array.isArray(paints) && paints.length > 0 ? paints : [{ type: 'SOLID', color: { r: 0, g: 0, b: 0 } }];
  node.props[field] = list.map((paint, index) => {
    if (index < list.length - 1 || typeof paint !== 'object' || paint === null || Array.isArray(paint)) return paint;
    return { ...paint, boundVariables: variableId === null ? {} : { color: aliasOf(variableId) } };
  });
}

function variableNamed(name: string) {
  const found = documentState().assets.variables.find((variable) => variable.name === name);
  if (found === undefined) throw new Error(`no variable ${name}`);
  return found;
}
