import type { Json, RawNode } from '../spec.js';
import { addOverride, componentIdOf, valuesOf } from './instances.js';
import { children, find, get, prop, recordChange } from './store.js';

type Kind = 'BOOLEAN' | 'TEXT' | 'INSTANCE_SWAP' | 'VARIANT';
interface Definition {
  type: Kind;
  defaultValue: string | boolean;
  preferredValues?: Json;
  variantOptions?: string[];
}
type Definitions = { [name: string]: Definition };

/** The component set or component that defines the properties of a component. */
function ownerOf(component: RawNode): RawNode {
  const parent = component.parentId === null ? null : find(component.parentId);
  return parent?.type === 'COMPONENT_SET' ? parent : component;
}

/** The properties of a component set or of a component outside a set. */
export function definitionsOf(node: RawNode): Definitions {
  const own = node.props.componentPropertyDefinitions;
  const stored = typeof own === 'object' && own !== null ? (JSON.parse(JSON.stringify(own)) as Definitions) : {};
  return node.type === 'COMPONENT_SET' ? { ...variantDefinitions(node), ...stored } : stored;
}

export function readDefinitions(node: RawNode): Definitions {
  if (ownerOf(node) !== node) {
    throw new Error(
      'in get_componentPropertyDefinitions: Can only get component property definitions of a component set or non-variant component',
    );
  }
  return definitionsOf(node);
}

function variantDefinitions(set: RawNode): Definitions {
  const made: Definitions = {};
  for (const variant of children(set)) {
    for (const [name, value] of Object.entries(variantPropertiesOf(variant) ?? {})) {
      made[name] ??= { type: 'VARIANT', defaultValue: defaultVariantOf(set, name), variantOptions: [] };
      if (made[name].variantOptions?.includes(value) === false) made[name].variantOptions?.push(value);
    }
  }
  return made;
}

function defaultVariantOf(set: RawNode, name: string): string {
  return variantPropertiesOf(defaultVariant(set))?.[name] ?? '';
}

/** The variant at the top left. */
export function defaultVariant(set: RawNode): RawNode {
  const [first] = children(set).sort((a, b) => a.matrix[5] - b.matrix[5] || a.matrix[4] - b.matrix[4]);
  if (first === undefined) throw new Error('a component set has no variant');
  return first;
}

/** The values in the name of a variant, such as `Size=Large, State=Off`; null outside a component set. */
export function variantPropertiesOf(component: RawNode): { [name: string]: string } | null {
  const parent = component.parentId === null ? null : find(component.parentId);
  if (parent?.type !== 'COMPONENT_SET') return null;
  const pairs = String(prop(component, 'name', ''))
    .split(',')
    .map((part) => part.split('=').map((side) => side.trim()));
  return Object.fromEntries(pairs.map(([name = '', value = '']) => [name, value]));
}

/** `InstanceNode.componentProperties`. */
export function componentPropertiesOf(instance: RawNode): { [name: string]: Json } {
  const component = find(componentIdOf(instance));
  if (component === null) return {};
  const variant = variantPropertiesOf(component);
  const values = valuesOf(instance);
  return Object.fromEntries(
    Object.entries(definitionsOf(ownerOf(component))).map(([name, { type, defaultValue, preferredValues }]) => {
      const value = type === 'VARIANT' ? (variant?.[name] ?? defaultValue) : (values[name] ?? defaultValue);
      return [name, { type, value, ...(preferredValues === undefined ? {} : { preferredValues }), boundVariables: {} }];
    }),
  );
}

/** Sets a property of an instance that is not a variant. */
export function setValue(instance: RawNode, name: string, value: Json): void {
  recordChange(instance.id, 'componentProperties');
  instance.props.__values = { ...valuesOf(instance), [name]: value };
  addOverride(instance, `component.${name}`);
}

/** The part of `setProperties` that is to do: other values, and another variant. */
export interface PropertyWrites {
  values: { [name: string]: string | boolean };
  variant: RawNode | null;
}

/** Checks the argument of `setProperties`. Names without the `#` suffix are taken, variants first, as in Figma. */
export function plannedWrites(instance: RawNode, properties: { [name: string]: unknown }): PropertyWrites {
  const component = get(componentIdOf(instance));
  const definitions = definitionsOf(ownerOf(component));
  const values: PropertyWrites['values'] = {};
  const variants: { [name: string]: string } = {};
  for (const [given, value] of Object.entries(properties)) {
    const name = nameOf(definitions, given);
    const kind = name === undefined ? undefined : definitions[name]?.type;
    if (name === undefined || kind === undefined) {
      throw new Error(`in setProperties: Could not find a component property with name: '${given}'`);
    }
    const checked = checkedValue(given, kind, value);
    if (kind === 'VARIANT') variants[name] = String(checked);
    else values[name] = checked;
  }
  return { values, variant: Object.keys(variants).length === 0 ? null : variantWith(component, variants) };
}

function nameOf(definitions: Definitions, given: string): string | undefined {
  const names = Object.keys(definitions);
  return names.find((name) => name === given) ?? names.find((name) => name.replace(/#[\d:]+$/, '') === given);
}

function checkedValue(name: string, kind: Kind, value: unknown): string | boolean {
  const expected = kind === 'BOOLEAN' ? 'boolean' : 'string';
  if (typeof value === expected && (typeof value === 'string' || typeof value === 'boolean')) {
    if (kind !== 'INSTANCE_SWAP' || find(String(value))?.type === 'COMPONENT') return value;
    throw new Error(`in setProperties: Component with id "${String(value)}" does not exist`);
  }
  throw new Error(`in setProperties: Mismatched type for component property '${name}': expected ${expected}`);
}

function variantWith(component: RawNode, changes: { [name: string]: string }): RawNode {
  const wanted = { ...variantPropertiesOf(component), ...changes };
  const found = children(ownerOf(component)).find((variant) =>
    Object.entries(wanted).every(([name, value]) => variantPropertiesOf(variant)?.[name] === value),
  );
  if (found === undefined) throw new Error('in setProperties: Unable to find a variant with those property values');
  return found;
}

/** Adds a property to a component or component set. Returns its name with the suffix. */
export function addDefinition(node: RawNode, name: string, type: Kind, defaultValue: string | boolean): string {
  recordChange(node.id, 'componentPropertyDefinitions');
  if (type === 'VARIANT') {
    for (const variant of children(node)) variant.props.name = `${variant.props.name}, ${name}=${defaultValue}`;
    return name;
  }
  const stored = definitionsOf(node);
  const count = Object.values(stored).filter((definition) => definition.type !== 'VARIANT').length;
  const full = `${name}#${node.id.split(':').pop()}:${count}`;
  storeDefinitions(node, { ...stored, [full]: { type, defaultValue } });
  return full;
}

export function deleteDefinition(node: RawNode, name: string): void {
  const { [name]: gone, ...rest } = definitionsOf(node);
  if (gone === undefined) throw new Error(`in deleteComponentProperty: Component property '${name}' does not exist`);
  recordChange(node.id, 'componentPropertyDefinitions');
  storeDefinitions(node, rest);
}

function storeDefinitions(node: RawNode, definitions: Definitions): void {
  const stored = Object.entries(definitions).filter(([, definition]) => definition.type !== 'VARIANT');
  node.props.componentPropertyDefinitions = JSON.parse(JSON.stringify(Object.fromEntries(stored))) as Json;
}
