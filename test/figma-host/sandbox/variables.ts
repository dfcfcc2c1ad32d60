import type { Json, RawCollection, RawNode, RawVariable, VariableType } from '../spec.js';
import { hexOf } from './component-methods.js';
import { promise } from './event-loop.js';
import { settle, unwrap } from './node-proxy.js';
import { documentState, find, newId, recordChange, touch } from './store.js';
import { freezeDeep } from './styles.js';

export interface Alias {
  type: 'VARIABLE_ALIAS';
  id: string;
}

export function isAlias(value: unknown): value is Alias {
  return typeof value === 'object' && value !== null && 'type' in value && value.type === 'VARIABLE_ALIAS';
}

export const aliasOf = (id: string): Alias & { [key: string]: Json } => ({ type: 'VARIABLE_ALIAS', id });

export function findVariable(id: string): RawVariable | null {
  return documentState().assets.variables.find((variable) => variable.id === id) ?? null;
}

export function findCollection(id: string): RawCollection | null {
  return documentState().assets.collections.find((collection) => collection.id === id) ?? null;
}

/** Modes set on a node itself, by collection. */
export function explicitModes(node: RawNode): { [collectionId: string]: string } {
  const modes = node.props.explicitVariableModes;
  if (typeof modes !== 'object' || modes === null || Array.isArray(modes)) return {};
  return Object.fromEntries(Object.entries(modes).map(([id, mode]) => [id, String(mode)]));
}

/** The mode of each collection at a node: that of the closest ancestor that sets one, else the default. */
export function resolvedModes(node: RawNode): { [collectionId: string]: string } {
  const defaults = documentState().assets.collections.map(({ id, modes }) => [id, modes[0]?.modeId ?? '']);
  const inherited = (one: RawNode | null): { [collectionId: string]: string } =>
    one === null ? {} : { ...inherited(one.parentId === null ? null : find(one.parentId)), ...explicitModes(one) };
  return { ...Object.fromEntries(defaults), ...inherited(node) };
}

/** The value of a variable at a node, with aliases followed. */
export function resolveValue(variable: RawVariable, node: RawNode): Json {
  const collection = findCollection(variable.collectionId);
  const mode = resolvedModes(node)[variable.collectionId] ?? collection?.modes[0]?.modeId ?? '';
  const value = variable.valuesByMode[mode] ?? variable.valuesByMode[collection?.modes[0]?.modeId ?? ''] ?? null;
  const target = isAlias(value) ? findVariable(value.id) : null;
  return target === null ? value : resolveValue(target, node);
}

let isStale = false;

/** Whether variables have changed since the last call. */
export function takeVariablesChanged(): boolean {
  const was = isStale;
  isStale = false;
  return was;
}

function changed(): void {
  isStale = true;
  touch('0:0');
  settle();
}

type Fields = { [name: string]: unknown };

/** An object of the API whose known fields are read and written through functions. */
function apiObject(kind: string, fields: () => Fields, set: (name: string, value: unknown) => void): object {
  return new Proxy(
    {},
    {
      has: (_, name) => String(name) in fields(),
      get: (_, name) => {
        if (typeof name !== 'string' || name === 'then' || name === 'toJSON') return undefined;
        const all = fields();
        if (!(name in all)) throw new TypeError(`no such property '${name}' on ${kind}`);
        return all[name];
      },
      set: (_, name, value) => {
        set(String(name), value);
        return true;
      },
    },
  );
}

const idOf = new WeakMap<object, string>();

/** The id of a variable or collection object. Throws for an id, which Figma takes only without dynamic pages. */
export function idOfObject(method: string, value: unknown): string {
  const id = typeof value === 'object' && value !== null ? idOf.get(value) : undefined;
  if (id !== undefined) return id;
  throw new Error(
    `in ${method}: Cannot call with documentAccess: dynamic-page. Pass the object instead of its id, or get it with an async function.`,
  );
}

export function wrapVariable(id: string): object {
  const required = () => {
    const variable = findVariable(id);
    if (variable === null) throw new Error(`The variable with id "${id}" does not exist`);
    return variable;
  };
  const object = apiObject(
    'Variable',
    () => ({ ...variableFields(required()), ...variableMethods(required()) }),
    (name, value) => {
      if (!['name', 'description', 'scopes'].includes(name))
        throw new TypeError(`in set_${name}: no setter for property`);
      Object.assign(required(), { [name]: value });
    },
  );
  idOf.set(object, id);
  return object;
}

function variableFields({ collectionId, valuesByMode, scopes, ...rest }: RawVariable): Fields {
  return {
    ...rest,
    variableCollectionId: collectionId,
    valuesByMode: freezeDeep(valuesByMode),
    scopes: [...scopes],
    hiddenFromPublishing: false,
    codeSyntax: {},
  };
}

function variableMethods(variable: RawVariable): Fields {
  return {
    setValueForMode: (modeId: string, value: Json) => {
      if (variable.remote) throw new Error('in setValueForMode: Cannot write to a remote variable');
      const modes = findCollection(variable.collectionId)?.modes ?? [];
      if (!modes.some((mode) => mode.modeId === modeId)) throw new Error('in setValueForMode: Mode does not exist');
      variable.valuesByMode[modeId] = value;
      changed();
    },
    resolveForConsumer: (node: unknown) => ({
      value: resolveValue(variable, unwrap(node)),
      resolvedType: variable.resolvedType,
    }),
    remove: () => {
      const { assets } = documentState();
      assets.variables = assets.variables.filter((one) => one !== variable);
      changed();
    },
  };
}

function wrapCollection(id: string): object {
  const required = () => {
    const collection = findCollection(id);
    if (collection === null) throw new Error(`The variable collection with id "${id}" does not exist`);
    return collection;
  };
  const object = apiObject(
    'VariableCollection',
    () => ({
      ...required(),
      modes: required().modes.map((mode) => ({ ...mode })),
      variableIds: [...required().variableIds],
      defaultModeId: required().modes[0]?.modeId,
      hiddenFromPublishing: false,
      isExtension: false,
      addMode: (name: string) => addMode(required(), name),
      renameMode: (modeId: string, name: string) => {
        for (const mode of required().modes) if (mode.modeId === modeId) mode.name = name;
      },
    }),
    (name, value) => {
      if (name !== 'name') throw new TypeError(`in set_${name}: no setter for property`);
      required().name = String(value);
    },
  );
  idOf.set(object, id);
  return object;
}

function addMode(collection: RawCollection, name: string): string {
  const modeId = newId();
  const first = collection.modes[0]?.modeId ?? '';
  collection.modes.push({ modeId, name });
  for (const variable of documentState().assets.variables) {
    if (variable.collectionId === collection.id) variable.valuesByMode[modeId] = variable.valuesByMode[first] ?? null;
  }
  return modeId;
}

export function addCollection(name: string, modes: readonly string[] = ['Mode 1'], remote = false): RawCollection {
  const number = newId();
  const collection: RawCollection = {
    ...{ id: `VariableCollectionId:${number}`, key: hexOf(`collection ${name} ${number}`), name, remote },
    modes: modes.map((mode) => ({ modeId: newId(), name: mode })),
    variableIds: [],
  };
  documentState().assets.collections.push(collection);
  return collection;
}

const EMPTY: { readonly [type in VariableType]: Json } = {
  ...{ BOOLEAN: false, FLOAT: 0, STRING: '', COLOR: { r: 1, g: 1, b: 1, a: 1 } },
};

export function addVariable(name: string, collection: RawCollection, resolvedType: VariableType): RawVariable {
  const number = newId();
  const variable: RawVariable = {
    ...{ id: `VariableID:${number}`, key: hexOf(`variable ${name} ${number}`), name, remote: collection.remote },
    ...{ resolvedType, collectionId: collection.id, scopes: ['ALL_SCOPES'], description: '' },
    valuesByMode: Object.fromEntries(collection.modes.map(({ modeId }) => [modeId, EMPTY[resolvedType]])),
  };
  documentState().assets.variables.push(variable);
  collection.variableIds.push(variable.id);
  return variable;
}

/** Sets or clears the mode of a collection at a node. */
export function setMode(node: RawNode, collectionId: string, modeId: string | null): void {
  recordChange(node.id, 'explicitVariableModes');
  const { [collectionId]: _, ...others } = explicitModes(node);
  const modes = modeId === null ? others : { ...others, [collectionId]: modeId };
  if (Object.keys(modes).length === 0) delete node.props.explicitVariableModes;
  else node.props.explicitVariableModes = modes;
  changed();
}

const bind = (method: string) => (target: { [name: string]: unknown }, field: string, variable: unknown) => {
  const { [field]: _, ...others } = (target.boundVariables ?? {}) as Fields;
  const boundVariables = variable === null ? others : { ...others, [field]: aliasOf(idOfObject(method, variable)) };
  return { ...target, boundVariables };
};

/** `figma.variables`. */
export const variablesApi = {
  getVariableByIdAsync: (id: string) => promise(() => (findVariable(id) === null ? null : wrapVariable(id))),
  getVariableCollectionByIdAsync: (id: string) =>
    promise(() => (findCollection(id) === null ? null : wrapCollection(id))),
  getLocalVariablesAsync: (type?: VariableType) =>
    promise(() =>
      documentState()
        .assets.variables.filter((one) => !one.remote && (type === undefined || one.resolvedType === type))
        .map((one) => wrapVariable(one.id)),
    ),
  getLocalVariableCollectionsAsync: () =>
    promise(() =>
      documentState()
        .assets.collections.filter((one) => !one.remote)
        .map((one) => wrapCollection(one.id)),
    ),
  createVariableCollection: (name: string) => wrapCollection(addCollection(name).id),
  createVariable: (name: string, collection: unknown, type: VariableType) => {
    const found = findCollection(idOfObject('createVariable', collection));
    if (found === null) throw new Error('in createVariable: The collection does not exist');
    return wrapVariable(addVariable(name, found, type).id);
  },
  createVariableAlias: (variable: unknown) => aliasOf(idOfObject('createVariableAlias', variable)),
  createVariableAliasByIdAsync: (id: string) => promise(() => aliasOf(id)),
  setBoundVariableForPaint: bind('setBoundVariableForPaint'),
  setBoundVariableForEffect: bind('setBoundVariableForEffect'),
  setBoundVariableForLayoutGrid: bind('setBoundVariableForLayoutGrid'),
  importVariableByKeyAsync: (key: string) =>
    promise(() => {
      const found = documentState().assets.variables.find((one) => one.key === key && one.remote);
      if (found === undefined) throw new Error(`in importVariableByKeyAsync: Variable with key "${key}" not found`);
      return wrapVariable(found.id);
    }),
};
