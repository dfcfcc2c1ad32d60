import type { Json, RawNode } from '../spec.js';
import { setCharacters } from '../text-runs.js';
import { allNodes, children, find, get, needsLayout, prop, put, removeSilently } from './store.js';
import { fitText } from './text.js';

type Props = RawNode['props'];

/** Properties of an instance that do not follow its main component. */
export const OWN_OF_ROOT: ReadonlySet<string> = new Set([
  ...['visible', 'locked', 'annotations', 'reactions', 'exportSettings', 'isMask', 'maskType', 'description'],
  ...[
    'constraints',
    'layoutPositioning',
    'layoutAlign',
    'layoutGrow',
    'minWidth',
    'maxWidth',
    'minHeight',
    'maxHeight',
  ],
  ...['componentPropertyDefinitions', 'componentPropertyReferences', 'explicitVariableModes', 'isExposedInstance'],
  ...['__componentId', '__values', '__remote', '__publishKey'],
]);
const OWN_OF_LAYER: ReadonlySet<string> = new Set(['annotations', '__componentId', '__values']);

const bare = (id: string) => (id.startsWith('I') ? id.slice(1) : id);

/** The id of a layer in an instance: `I<instance>;<layer of the main component>`, nested ones in a chain. */
export function layerIdIn(instanceId: string, mainLayerId: string): string {
  return `I${bare(instanceId)};${bare(mainLayerId)}`;
}

/** The outermost instance that is or contains the node. */
export function outermostInstance(node: RawNode): RawNode | null {
  const parent = node.parentId === null ? null : find(node.parentId);
  const outer = parent === null ? null : outermostInstance(parent);
  return outer ?? (node.type === 'INSTANCE' ? node : null);
}

/** The closest instance that contains the node. */
export function enclosingInstance(node: RawNode): RawNode | null {
  const parent = node.parentId === null ? null : find(node.parentId);
  if (parent === null) return null;
  return parent.type === 'INSTANCE' ? parent : enclosingInstance(parent);
}

/** The component that contains the node or is it. */
export function enclosingComponent(node: RawNode): RawNode | null {
  if (node.type === 'COMPONENT') return node;
  const parent = node.parentId === null ? null : find(node.parentId);
  return parent === null ? null : enclosingComponent(parent);
}

export function componentIdOf(instance: RawNode): string {
  return String(prop(instance, '__componentId', ''));
}

export function valuesOf(instance: RawNode): { [property: string]: Json } {
  const values = prop(instance, '__values', {});
  return typeof values === 'object' && values !== null && !Array.isArray(values) ? values : {};
}

export function isOverridden(node: RawNode, property: string): boolean {
  return node.overrides?.includes(property) === true;
}

export function addOverride(node: RawNode, property: string): void {
  if (!isOverridden(node, property)) node.overrides = [...(node.overrides ?? []), property];
}

/** Updates the instances that the changed nodes are in, and all instances if a main component has changed. */
export function syncAfter(changed: ReadonlySet<string>): void {
  const stale = new Map<string, RawNode>();
  for (const id of changed) {
    const node = find(id);
    if (node === null) continue;
    if (enclosingComponent(node) !== null || node.type === 'COMPONENT_SET') {
      syncAll();
      return;
    }
    const instance = outermostInstance(node);
    if (instance !== null) stale.set(instance.id, instance);
  }
  for (const instance of stale.values()) syncInstance(instance);
}

/** Updates all instances, those in main components first. */
function syncAll(): void {
  const done = new Set<string>();
  const visit = (instance: RawNode): void => {
    if (done.has(instance.id)) return;
    done.add(instance.id);
    const component = find(componentIdOf(instance));
    if (component !== null) for (const inner of instancesIn(component)) visit(inner);
    syncInstance(instance);
  };
  for (const node of allNodes()) if (node.type === 'INSTANCE' && outermostInstance(node) === node) visit(node);
}

function instancesIn(node: RawNode): RawNode[] {
  return children(node).flatMap((child) => (child.type === 'INSTANCE' ? [child] : instancesIn(child)));
}

/** Makes the layers of an instance follow its main component, except for its overrides. */
export function syncInstance(instance: RawNode): void {
  const component = find(componentIdOf(instance));
  if (component === null) return;
  needsLayout(instance.id);
  copyRoot(instance, component);
  if (!isOverridden(instance, 'width')) instance.width = component.width;
  if (!isOverridden(instance, 'height')) instance.height = component.height;
  mirrorChildren(instance, component, instance.id, instance);
}

function mirrorChildren(target: RawNode, source: RawNode, prefix: string, instance: RawNode): void {
  const ids = source.childIds.map((sourceId) => {
    const from = get(sourceId);
    const id = layerIdIn(prefix, from.id);
    const layer = find(id) ?? put({ ...emptyCopy(from), id, parentId: target.id });
    layer.type = from.type;
    layer.parentId = target.id;
    mirror(layer, from, prefix, instance);
    constrain(layer, from, source, target);
    return id;
  });
  for (const id of target.childIds) if (!ids.includes(id)) removeSilently(id);
  target.childIds = ids;
}

function emptyCopy(from: RawNode): RawNode {
  return { ...from, childIds: [], props: {}, sharedPluginData: {}, relaunchData: {}, key: null, overrides: [] };
}

/** Updates a layer inside `instance` from the layer that it follows. */
function mirror(layer: RawNode, from: RawNode, prefix: string, instance: RawNode): void {
  copyProps(layer, from, OWN_OF_LAYER);
  [layer.matrix, layer.width, layer.height] = [from.matrix, from.width, from.height];
  if (!isOverridden(layer, 'pluginData')) layer.sharedPluginData = { ...from.sharedPluginData };
  const outerKey = get(prefix).key;
  layer.key = outerKey === null || from.key === null ? null : `${outerKey}/${from.key}`;
  const swapped = applyReferences(layer, instance);
  if (layer.type === 'TEXT' && (layer.overrides?.length ?? 0) > 0) fitText(layer);
  if (layer.type === 'TEXT' && layer.props.characters !== from.props.characters) fitText(layer);
  if (layer.type === 'INSTANCE') mirrorNested(layer, from, prefix, swapped);
  else mirrorChildren(layer, from, prefix, instance);
}

function mirrorNested(layer: RawNode, from: RawNode, prefix: string, swapped: string | null): void {
  const own = isOverridden(layer, 'mainComponent') ? componentIdOf(layer) : (swapped ?? componentIdOf(from));
  const component = find(own);
  const isSwapped = own !== componentIdOf(from) && component !== null;
  const kept = Object.entries(valuesOf(layer)).filter(([name]) => isOverridden(layer, `component.${name}`));
  const values = { ...(isSwapped ? {} : valuesOf(from)), ...Object.fromEntries(kept) };
  layer.props.__componentId = own;
  if (Object.keys(values).length > 0) layer.props.__values = values;
  else delete layer.props.__values;
  if (!isSwapped) {
    mirrorChildren(layer, from, prefix, layer);
    return;
  }
  copyRoot(layer, component);
  [layer.width, layer.height] = [component.width, component.height];
  mirrorChildren(layer, component, layer.id, layer);
}

/** An instance of a variant has the name of the component set. */
function copyRoot(instance: RawNode, component: RawNode): void {
  copyProps(instance, component, OWN_OF_ROOT);
  const parent = component.parentId === null ? null : find(component.parentId);
  if (parent?.type === 'COMPONENT_SET' && !isOverridden(instance, 'name'))
    instance.props.name = prop(parent, 'name', '');
}

function copyProps(target: RawNode, source: RawNode, own: ReadonlySet<string>): void {
  // the runs are ranges of the layer's own characters
  const isKept = (name: string) =>
    own.has(name) ||
    isOverridden(target, name === '__runs' && isOverridden(target, 'characters') ? 'characters' : name);
  const kept = Object.entries(target.props).filter(([name]) => isKept(name));
  const followed = Object.entries(source.props).filter(([name]) => !isKept(name));
  const next: Props = Object.fromEntries([...followed, ...kept]);
  target.props = next;
}

/** Applies the component properties that the layer refers to. Returns the main component that one of them sets. */
function applyReferences(layer: RawNode, instance: RawNode): string | null {
  const references = layer.props.componentPropertyReferences;
  if (typeof references !== 'object' || references === null || Array.isArray(references)) return null;
  const values = valuesOf(instance);
  const valueFor = (field: string) => values[String(references[field])];
  const [text, visible, component] = [valueFor('characters'), valueFor('visible'), valueFor('mainComponent')];
  if (typeof text === 'string') setCharacters(layer.props, text);
  if (visible === false) layer.props.visible = false;
  if (visible === true) delete layer.props.visible;
  return typeof component === 'string' ? component : null;
}

/** Places a child by its constraints where the size of its parent differs from that of the main component's layer. */
function constrain(layer: RawNode, from: RawNode, source: RawNode, target: RawNode): void {
  if (prop(source, 'layoutMode', 'NONE') !== 'NONE' && prop(from, 'layoutPositioning', 'AUTO') === 'AUTO') return;
  if (source.width === target.width && source.height === target.height) return;
  const limits = prop(from, 'constraints', {});
  if (typeof limits !== 'object' || limits === null || Array.isArray(limits)) return;
  const [a, b, c, d, e, f] = layer.matrix;
  const across = constrained(String(limits.horizontal ?? 'MIN'), e, layer.width, source.width, target.width);
  const down = constrained(String(limits.vertical ?? 'MIN'), f, layer.height, source.height, target.height);
  layer.matrix = [a, b, c, d, across.at, down.at];
  const [width, height] = [Math.max(0.01, across.size), Math.max(0.01, down.size)];
  if (width === layer.width && height === layer.height) return;
  [layer.width, layer.height] = [width, height];
  if (layer.type !== 'TEXT') for (const child of children(layer)) reconstrain(child, from, layer);
}

function reconstrain(child: RawNode, source: RawNode, target: RawNode): void {
  const from = source.childIds.map(get)[target.childIds.indexOf(child.id)];
  if (from !== undefined) constrain(child, from, source, target);
}

function constrained(rule: string, at: number, size: number, before: number, after: number) {
  const more = after - before;
  if (rule === 'MAX') return { at: at + more, size };
  if (rule === 'CENTER') return { at: at + more / 2, size };
  if (rule === 'STRETCH') return { at, size: size + more };
  return rule === 'SCALE' ? { at: (at * after) / before, size: (size * after) / before } : { at, size };
}
