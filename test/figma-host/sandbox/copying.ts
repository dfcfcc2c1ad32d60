import type { RawNode } from '../spec.js';
import {
  addOverride,
  componentIdOf,
  enclosingInstance,
  layerIdIn,
  OWN_OF_ROOT,
  outermostInstance,
  syncInstance,
  valuesOf,
} from './instances.js';
import { isInstanceLayer } from './overrides.js';
import { add, children, find, get, newId, put, recordChange, removeSubtree } from './store.js';

/** Copies a subtree with its plugin data and annotations. The copy has no parent. */
export function copySubtree(node: RawNode): RawNode {
  if (isInstanceLayer(node)) return copyOfInstanceLayer(node);
  if (node.type === 'INSTANCE') return copyOfInstance(node);
  const copy = add({ ...cloneNode(node), id: newId(), parentId: null, childIds: [] });
  if (copy.type === 'COMPONENT') delete copy.props.__publishKey;
  return withChildren(copy, children(node).map(copySubtree));
}

function withChildren(parent: RawNode, nodes: readonly RawNode[]): RawNode {
  for (const node of nodes) node.parentId = parent.id;
  parent.childIds = nodes.map(({ id }) => id);
  return parent;
}

/** Copies an instance that is not in another one: its layers keep their part of the id. */
function copyOfInstance(instance: RawNode): RawNode {
  const copy = add({ ...cloneNode(instance), id: newId(), parentId: null, childIds: [] });
  const prefix = layerIdIn(instance.id, '');
  const copyLayers = (from: RawNode, to: RawNode): RawNode =>
    withChildren(
      to,
      children(from).map((layer) => {
        const id = layerIdIn(copy.id, layer.id.slice(prefix.length));
        return copyLayers(layer, put({ ...cloneNode(layer), id, childIds: [] }));
      }),
    );
  return copyLayers(instance, copy);
}

/** A layer outside any instance that looks like one inside an instance. */
function copyOfInstanceLayer(layer: RawNode): RawNode {
  if (layer.type === 'INSTANCE') return instanceLike(layer);
  const copy = add({ ...cloneNode(layer), id: newId(), parentId: null, childIds: [] });
  delete copy.overrides;
  delete copy.props.componentPropertyReferences;
  return withChildren(copy, children(layer).map(copyOfInstanceLayer));
}

function instanceLike(layer: RawNode): RawNode {
  const { overrides: _, ...rest } = cloneNode(layer);
  const copy = add({ ...rest, id: newId(), parentId: null, childIds: [] });
  delete copy.props.componentPropertyReferences;
  addOverride(copy, 'width');
  addOverride(copy, 'height');
  for (const name of Object.keys(valuesOf(layer))) addOverride(copy, `component.${name}`);
  syncInstance(copy);
  overrideDifferences(copy, layer, copy);
  return copy;
}

/** Overrides in an instance all that differs in a layer of the same main component. */
function overrideDifferences(copy: RawNode, original: RawNode, instance: RawNode): void {
  if (copy.type === 'INSTANCE' && componentIdOf(copy) !== componentIdOf(original)) {
    copy.props.__componentId = componentIdOf(original);
    addOverride(copy, 'mainComponent');
    syncInstance(instance);
  }
  for (const name of new Set([...Object.keys(copy.props), ...Object.keys(original.props)])) {
    if (OWN_OF_ROOT.has(name) && copy === instance) continue;
    const value = original.props[name];
    if (name.startsWith('__') || JSON.stringify(copy.props[name]) === JSON.stringify(value)) continue;
    if (value === undefined) delete copy.props[name];
    else copy.props[name] = value;
    addOverride(copy, name);
  }
  const originals = children(original);
  children(copy).forEach((child, index) => {
    const one = originals[index];
    if (one !== undefined) overrideDifferences(child, one, instance);
  });
}

/**
 * Turns an instance into a frame. Instances around it are detached first. Returns the frame, which is in the place of
 * the instance.
 */
export function detach(instance: RawNode): RawNode {
  const outer = outermostInstance(instance);
  if (outer !== null && outer !== instance) return detachNested(instance, outer);
  const frame = add({ ...cloneNode(instance), id: newId(), type: 'FRAME', childIds: [] });
  delete frame.overrides;
  for (const name of Object.keys(frame.props)) if (name.startsWith('__')) delete frame.props[name];
  withChildren(frame, children(instance).map(copyOfInstanceLayer));
  const parent = instance.parentId === null ? null : find(instance.parentId);
  if (parent !== null) {
    recordChange(parent.id, 'children');
    parent.childIds = parent.childIds.map((id) => (id === instance.id ? frame.id : id));
  }
  removeSubtree(instance.id);
  return frame;
}

function detachNested(instance: RawNode, outer: RawNode): RawNode {
  const places: number[] = [];
  for (let node = instance; node !== outer && node.parentId !== null; node = get(node.parentId)) {
    places.unshift(get(node.parentId).childIds.indexOf(node.id));
  }
  let node = detach(outer);
  for (const place of places) {
    const child = children(node)[place];
    if (child === undefined) break;
    node = child.type === 'INSTANCE' && enclosingInstance(child) === null ? detach(child) : child;
  }
  return node;
}

/** A new instance of a component. */
export function instanceOf(component: RawNode): RawNode {
  const { width, height } = component;
  const instance = add({
    ...{ id: newId(), type: 'INSTANCE', parentId: null, childIds: [], matrix: [1, 0, 0, 1, 0, 0], width, height },
    ...{ props: { name: component.props.name ?? '', __componentId: component.id }, sharedPluginData: {} },
    ...{ relaunchData: {}, key: null },
  });
  syncInstance(instance);
  return instance;
}

function cloneNode(node: RawNode): RawNode {
  const copy: RawNode = JSON.parse(JSON.stringify(node));
  return copy;
}
