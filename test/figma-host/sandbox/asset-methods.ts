import type { NodeType } from '../spec.js';
import { boundVariablesOf, setBinding } from './bindings.js';
import type { Methods } from './node-methods.js';
import { settle } from './node-proxy.js';
import { PROPERTIES } from './properties.js';
import { get } from './store.js';
import { freezeDeep, STYLE_FIELDS, styleMethods } from './styles.js';
import { explicitModes, findCollection, idOfObject, resolvedModes, setMode } from './variables.js';

/** What nodes have of styles and variables. */
export function assetMethods(id: string, type: NodeType): Methods {
  const fields = Object.keys(STYLE_FIELDS).filter((field) => field in PROPERTIES[type]);
  return { ...styleMethods(id, fields), ...(type === 'DOCUMENT' ? {} : variableMethods(id)) };
}

function variableMethods(id: string): Methods {
  return {
    boundVariables: () => freezeDeep(boundVariablesOf(get(id))),
    setBoundVariable: () => (field: string, variable: unknown) => {
      setBinding(get(id), field, variable === null ? null : idOfObject('setBoundVariable', variable));
      settle();
    },
    explicitVariableModes: () => freezeDeep(explicitModes(get(id))),
    resolvedVariableModes: () => freezeDeep(resolvedModes(get(id))),
    setExplicitVariableModeForCollection: () => (collection: unknown, modeId: string) => {
      const method = 'setExplicitVariableModeForCollection';
      const collectionId = idOfObject(method, collection);
      if (findCollection(collectionId)?.modes.some((mode) => mode.modeId === modeId) !== true) {
        throw new Error(`in ${method}: Mode with id "${modeId}" does not exist in the collection`);
      }
      setMode(get(id), collectionId, modeId);
    },
    clearExplicitVariableModeForCollection: () => (collection: unknown) =>
      setMode(get(id), idOfObject('clearExplicitVariableModeForCollection', collection), null),
  };
}
