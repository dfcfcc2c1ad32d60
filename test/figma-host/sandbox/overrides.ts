import type { RawNode } from '../spec.js';
import { setValue } from './component-properties.js';
import {
  addOverride,
  enclosingComponent,
  enclosingInstance,
  isOverridden,
  OWN_OF_ROOT,
  outermostInstance,
  syncInstance,
  valuesOf,
} from './instances.js';
import { children, get, prop, recordChange } from './store.js';

/** What Figma does not let an instance change in its layers, and how its error names it. */
const FIXED_IN_INSTANCE: { readonly [property: string]: string } = {
  x: 'relative-transform',
  y: 'relative-transform',
  rotation: 'relative-transform',
  relativeTransform: 'relative-transform',
  minWidth: 'min-size',
  minHeight: 'min-size',
  maxWidth: 'max-size',
  maxHeight: 'max-size',
  constraints: 'constraints',
  layoutPositioning: 'stack-positioning',
  isMask: 'mask',
  booleanOperation: 'boolean-operation',
  vectorPaths: 'vector-data',
  componentPropertyReferences: 'component-property-references',
  isExposedInstance: 'is-exposed-instance',
};

/** Whether the node is a layer inside an instance. */
export function isInstanceLayer(node: RawNode): boolean {
  return enclosingInstance(node) !== null;
}

/** Throws like Figma if the property of this node cannot be written. */
export function checkWritable(node: RawNode, property: string): void {
  if (isRemote(node)) throw new Error(`in set_${property}: Cannot write to internal and read-only node`);
  const name = isInstanceLayer(node) ? FIXED_IN_INSTANCE[property] : undefined;
  if (name !== undefined) {
    throw new Error(`in set_${property}: This property cannot be overridden in an instance: ${name}`);
  }
}

/** Whether the node is a library component or in one. */
export function isRemote(node: RawNode): boolean {
  const component = enclosingComponent(node);
  return component !== null && prop(component, '__remote', false) === true;
}

/** Records that a property of an instance or of its layer was written. */
export function recordOverride(node: RawNode, property: string): void {
  const outer = outermostInstance(node);
  if (outer === null || (outer === node && OWN_OF_ROOT.has(property))) return;
  if (['x', 'y', 'rotation', 'relativeTransform', 'annotations', 'componentPropertyReferences'].includes(property))
    return;
  const name = controllingProperty(node, property);
  const instance = enclosingInstance(node);
  if (name !== null && instance !== null) setValue(instance, name, node.props[property] ?? true);
  else addOverride(node, property);
}

/** The component property that this property of a layer refers to. */
function controllingProperty(node: RawNode, property: string): string | null {
  const references = prop(node, 'componentPropertyReferences', null);
  if (typeof references !== 'object' || references === null || Array.isArray(references)) return null;
  const name = references[property];
  return typeof name === 'string' ? name : null;
}

/** `InstanceNode.overrides`: the overridden fields of an instance and of its layers. */
export function overridesOf(instance: RawNode): { id: string; overriddenFields: string[] }[] {
  return [instance, ...layersOf(instance)].flatMap((node) => {
    const names = (node.overrides ?? []).filter((name) => name !== 'mainComponent' && !name.startsWith('__'));
    const fields = names.map((name) => (name.startsWith('component.') ? 'componentProperties' : name));
    return fields.length === 0 ? [] : [{ id: node.id, overriddenFields: [...new Set(fields)] }];
  });
}

/** Lets the instance and all its layers follow the main component again. */
export function clearOverrides(instance: RawNode): void {
  for (const node of [instance, ...layersOf(instance)]) {
    delete node.overrides;
    delete node.props.__values;
  }
  recordChange(instance.id, 'componentProperties');
  const outer = outermostInstance(instance);
  if (outer !== null) syncInstance(outer);
}

/** The layers of a node that Figma lists below it. */
export function layersOf(node: RawNode): RawNode[] {
  return children(node).flatMap((child) => [child, ...layersOf(child)]);
}

interface KeptOverride {
  path: string;
  type: RawNode['type'];
  overrides: readonly string[];
  props: RawNode['props'];
}

/**
 * Gives the instance another main component. With `keepsOverrides`, overrides stay on layers with the same names and
 * types; the others are lost.
 */
export function changeMainComponent(instance: RawNode, component: RawNode, keepsOverrides: boolean): void {
  recordChange(instance.id, 'componentProperties');
  const kept = keepsOverrides ? keptOverrides(instance) : [];
  if (!keepsOverrides) clearOverrides(instance);
  if (isInstanceLayer(instance)) addOverride(instance, 'mainComponent');
  instance.props.__componentId = component.id;
  for (const name of ['width', 'height']) instance.overrides = without(instance.overrides, name);
  const outer = outermostInstance(instance) ?? instance;
  syncInstance(outer);
  for (const entry of kept) {
    const layer = layersOf(instance).find((one) => one.type === entry.type && pathIn(instance, one) === entry.path);
    if (layer === undefined) continue;
    restore(layer, entry);
    syncInstance(outer);
  }
}

function without(names: readonly string[] | undefined, name: string): string[] {
  return (names ?? []).filter((one) => one !== name);
}

function keptOverrides(instance: RawNode): KeptOverride[] {
  return layersOf(instance).flatMap((layer) => {
    if (layer.overrides === undefined || layer.overrides.length === 0) return [];
    return [{ path: pathIn(instance, layer), type: layer.type, overrides: layer.overrides, props: layer.props }];
  });
}

function restore(layer: RawNode, { overrides, props }: KeptOverride): void {
  layer.overrides = [...overrides];
  for (const name of overrides) {
    if (name === 'mainComponent') layer.props.__componentId = props.__componentId ?? null;
    else if (name.startsWith('component.')) layer.props.__values = { ...valuesOf(layer), ...pick(props, name) };
    else if (props[name] === undefined) delete layer.props[name];
    else layer.props[name] = props[name];
  }
}

function pick(props: RawNode['props'], override: string): RawNode['props'] {
  const values = props.__values;
  const name = override.slice('component.'.length);
  const value = typeof values === 'object' && values !== null && !Array.isArray(values) ? values[name] : undefined;
  return value === undefined ? {} : { [name]: value };
}

/** The names of the main component's layers on the way to a layer, with its place among siblings of the same name. */
function pathIn(instance: RawNode, layer: RawNode): string {
  const parts: string[] = [];
  for (let node = layer; node.id !== instance.id && node.parentId !== null; node = get(node.parentId)) {
    const siblings = children(get(node.parentId)).filter((one) => mainName(one) === mainName(node));
    parts.unshift(`${mainName(node)}#${siblings.indexOf(node)}`);
  }
  return parts.join('/');
}

function mainName(layer: RawNode): string {
  if (!isOverridden(layer, 'name')) return String(layer.props.name);
  const mainId = layer.id.split(';').pop() ?? '';
  return String(prop(get(mainId), 'name', ''));
}
