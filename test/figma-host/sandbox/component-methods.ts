import type { NodeType, RawNode } from '../spec.js';
import * as properties from './component-properties.js';
import { detach, instanceOf } from './copying.js';
import { promise } from './event-loop.js';
import { componentIdOf, enclosingComponent, outermostInstance } from './instances.js';
import { adopt, type Methods } from './node-methods.js';
import { settle, unwrap, type Wrapped, wrap } from './node-proxy.js';
import {
  changeMainComponent,
  checkWritable,
  clearOverrides,
  isInstanceLayer,
  layersOf,
  overridesOf,
} from './overrides.js';
import { allNodes, find, get, prop, recordChange } from './store.js';
import { blank, insert } from './tree.js';

const dynamicPage = (name: string, instead: string): never => {
  throw new Error(`in ${name}: Cannot call with documentAccess: dynamic-page. Use ${instead} instead.`);
};

/** What components, component sets and instances have beyond a frame. */
export function componentMethods(id: string, type: NodeType): Methods {
  if (type === 'INSTANCE') return instanceMethods(id);
  if (type === 'COMPONENT') return { ...ownerMethods(id), ...mainMethods(id) };
  if (type !== 'COMPONENT_SET') return {};
  return { ...ownerMethods(id), defaultVariant: () => wrap(properties.defaultVariant(get(id)).id) };
}

function ownerMethods(id: string): Methods {
  const edit = (method: string, act: (node: RawNode) => unknown) => {
    checkWritable(get(id), method);
    const result = act(get(id));
    settle();
    return result;
  };
  return {
    key: () => publishKey(get(id)),
    remote: () => prop(get(id), '__remote', false),
    componentPropertyDefinitions: () => properties.readDefinitions(get(id)),
    addComponentProperty: () => (name: string, kind: 'TEXT' | 'BOOLEAN' | 'INSTANCE_SWAP' | 'VARIANT', value: string) =>
      edit('addComponentProperty', (node) => properties.addDefinition(node, name, kind, value)),
    deleteComponentProperty: () => (name: string) =>
      edit('deleteComponentProperty', (node) => properties.deleteDefinition(node, name)),
  };
}

function mainMethods(id: string): Methods {
  const instances = () => allNodes().filter((node) => node.type === 'INSTANCE' && componentIdOf(node) === id);
  return {
    createInstance: () => () => adopt(instanceOf(get(id))),
    getInstancesAsync: () => () => promise(() => instances().map((node) => wrap(node.id))),
    instances: () => dynamicPage('get_instances', 'component.getInstancesAsync'),
    variantProperties: () => properties.variantPropertiesOf(get(id)),
  };
}

function instanceMethods(id: string): Methods {
  const main = () => find(componentIdOf(get(id)));
  return {
    mainComponent: () => dynamicPage('get_mainComponent', 'node.getMainComponentAsync'),
    getMainComponentAsync: () => () => promise(() => (main() === null ? null : wrap(componentIdOf(get(id))))),
    componentProperties: () => properties.componentPropertiesOf(get(id)),
    variantProperties: () => {
      const component = main();
      return component === null ? null : properties.variantPropertiesOf(component);
    },
    setProperties: () => (values: { [name: string]: unknown }) => setProperties(get(id), values),
    swapComponent: () => (component: Wrapped) => changeMain(get(id), component, true),
    overrides: () => overridesOf(get(id)),
    exposedInstances: () =>
      layersOf(get(id))
        .filter((layer) => layer.type === 'INSTANCE' && layer.props.isExposedInstance === true)
        .map((layer) => wrap(layer.id)),
    removeOverrides: () => () => reset(get(id)),
    resetOverrides: () => () => reset(get(id)),
    detachInstance: () => () => {
      const frame = detach(get(id));
      settle();
      return wrap(frame.id);
    },
    scaleFactor: () => 1,
  };
}

function reset(instance: RawNode): void {
  clearOverrides(instance);
  settle();
}

/** Assigns `mainComponent`, or swaps it and keeps the overrides. */
export function changeMain(instance: RawNode, component: unknown, keepsOverrides: boolean): void {
  const main = unwrap(component);
  if (main.type !== 'COMPONENT') throw new Error('in swapComponent: Expected node of type COMPONENT');
  if (outermostInstance(instance) === instance && enclosingComponent(instance) === main) {
    throw new Error('in swapComponent: A component cannot contain an instance of itself');
  }
  changeMainComponent(instance, main, keepsOverrides);
  settle();
}

/** `InstanceNode.setProperties`. */
export function setProperties(instance: RawNode, given: { [name: string]: unknown }): void {
  const { values, variant } = properties.plannedWrites(instance, given);
  if (variant !== null) changeMainComponent(instance, variant, true);
  for (const [name, value] of Object.entries(values)) properties.setValue(instance, name, value);
  settle();
}

/** The key of a component in libraries: 40 hexadecimal digits. */
export function publishKey(node: RawNode): string {
  const given = prop(node, '__publishKey', '');
  return given === '' ? hexOf(`key of ${node.id}`) : String(given);
}

/** 40 hexadecimal digits that depend on the text only. */
export function hexOf(text: string): string {
  let [a, b] = [0x811c9dc5, 0x1000193];
  let digits = '';
  for (let round = 0; round < 5; round += 1) {
    for (const letter of text) {
      a = Math.imul(a ^ letter.charCodeAt(0), 0x01000193);
      b = Math.imul(b + letter.charCodeAt(0) + round, 0x85ebca6b);
    }
    digits += ((a ^ b) >>> 0).toString(16).padStart(8, '0');
  }
  return digits;
}

const CANNOT_CREATE = 'in createComponentFromNode: Cannot create component from node';

/** The component functions of `figma`. */
export const componentCreators = {
  createComponent: () => {
    const node = blank('COMPONENT', 'Component');
    node.props.fills = [{ type: 'SOLID', color: { r: 1, g: 1, b: 1 } }];
    return adopt(node);
  },
  createComponentFromNode: (from: Wrapped) => {
    const node = unwrap(from);
    const isInside = enclosingComponent(node) !== null || isInstanceLayer(node);
    if (isInside || node.type === 'COMPONENT_SET' || node.type === 'INSTANCE') throw new Error(CANNOT_CREATE);
    if (node.type !== 'FRAME') return componentAround(node);
    recordChange(node.id, 'type');
    node.type = 'COMPONENT';
    settle();
    return wrap(node.id);
  },
  combineAsVariants,
  importComponentByKeyAsync: (key: string) => importByKey('importComponentByKeyAsync', 'COMPONENT', key),
  importComponentSetByKeyAsync: (key: string) => importByKey('importComponentSetByKeyAsync', 'COMPONENT_SET', key),
};

function componentAround(node: RawNode): Wrapped {
  const component = blank('COMPONENT', String(prop(node, 'name', '')));
  const parent = get(node.parentId ?? '');
  const index = parent.childIds.indexOf(node.id);
  [component.width, component.height, component.matrix] = [node.width, node.height, node.matrix];
  insert(parent, component, index);
  insert(component, node, 0);
  node.matrix = [1, 0, 0, 1, 0, 0];
  settle();
  return wrap(component.id);
}

function combineAsVariants(nodes: readonly Wrapped[], parent: Wrapped, index?: number): Wrapped {
  const variants = nodes.map(unwrap);
  if (variants.length === 0 || variants.some((node) => node.type !== 'COMPONENT')) {
    throw new Error('in combineAsVariants: First argument must be an array of at least one component');
  }
  const prefix = String(prop(variants[0] as RawNode, 'name', '')).split('/');
  const set = blank('COMPONENT_SET', prefix.length > 1 ? (prefix[0] ?? '') : 'Component 1');
  const into = unwrap(parent);
  const left = Math.min(...variants.map((node) => node.matrix[4]));
  const top = Math.min(...variants.map((node) => node.matrix[5]));
  set.width = Math.max(...variants.map((node) => node.matrix[4] + node.width)) - left;
  set.height = Math.max(...variants.map((node) => node.matrix[5] + node.height)) - top;
  set.matrix = [1, 0, 0, 1, left, top];
  insert(into, set, index ?? into.childIds.length);
  for (const node of variants) {
    const [a, b, c, d, e, f] = node.matrix;
    insert(set, node, set.childIds.length);
    node.matrix = [a, b, c, d, e - left, f - top];
    if (!String(node.props.name).includes('=')) node.props.name = `Property 1=${node.props.name}`;
  }
  settle();
  return wrap(set.id);
}

function importByKey(method: string, type: NodeType, key: string): Promise<Wrapped> {
  return promise(() => {
    const found = allNodes().find((node) => node.type === type && publishKey(node) === key);
    const isPublished =
      found !== undefined && (prop(found, '__remote', false) === true || found.props.__published === true);
    if (!isPublished) throw new Error(`in ${method}: Component with key "${key}" not found`);
    return wrap(found.id);
  });
}
