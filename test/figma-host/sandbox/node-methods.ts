import type { Json, NodeType, RawNode } from '../spec.js';
import { assetMethods } from './asset-methods.js';
import { componentMethods } from './component-methods.js';
import { copySubtree } from './copying.js';
import { exportNode } from './export.js';
import { addOverride, outermostInstance } from './instances.js';
import { resizeTo } from './layout.js';
import { checkPluginData } from './limits.js';
import { settle, unwrap, type Wrapped, wrap } from './node-proxy.js';
import { checkWritable, isInstanceLayer } from './overrides.js';
import { currentPage, isSkipped, pageMethods, requireLoaded } from './pages.js';
import { CONTAINERS } from './properties.js';
import { fixResizedAxes } from './sizing.js';
import { find, get, manifest, recordChange } from './store.js';
import { fitText, requireFonts } from './text.js';
import { textMethods } from './text-methods.js';
import { descendants, insert, remove, rescale } from './tree.js';

/** Methods by name; each getter returns the function that the plugin calls. */
export type Methods = { readonly [name: string]: () => unknown };

let latest: { id: string; type: NodeType; methods: Methods } | null = null;

/** The methods of a node. A plugin reads one node after another, so those of the latest node are kept. */
export function methodsOf(id: string, type: NodeType): Methods {
  if (latest?.id !== id || latest.type !== type) latest = { id, type, methods: createMethods(id, type) };
  return latest.methods;
}

function createMethods(id: string, type: NodeType): Methods {
  const isCanvas = type === 'PAGE' || type === 'DOCUMENT';
  return {
    ...dataMethods(id),
    ...(CONTAINERS.has(type) ? containerMethods(id) : {}),
    ...(isCanvas ? {} : sceneMethods(id)),
    ...(isCanvas || type === 'SECTION' ? {} : { rescale: rescaleMethod(id) }),
    ...(type === 'PAGE' ? pageMethods(id) : {}),
    ...(type === 'TEXT' ? textMethods(id) : {}),
    ...componentMethods(id, type),
    ...assetMethods(id, type),
  };
}

function dataMethods(id: string): Methods {
  return {
    getSharedPluginData: () => (space: string, key: string) => get(id).sharedPluginData[`${space}/${key}`] ?? '',
    setSharedPluginData: () => (space: string, key: string, value: string) => {
      if (typeof value !== 'string') throw new Error('in setSharedPluginData: Expected string');
      checkPluginData('setSharedPluginData', space, key, value);
      recordChange(id, 'sharedPluginData');
      if (value === '') delete get(id).sharedPluginData[`${space}/${key}`];
      else get(id).sharedPluginData[`${space}/${key}`] = value;
    },
    getSharedPluginDataKeys: () => (space: string) =>
      Object.keys(get(id).sharedPluginData)
        .filter((name) => name.startsWith(`${space}/`))
        .map((name) => name.slice(space.length + 1)),
    getRelaunchData: () => () => ({ ...get(id).relaunchData }),
    setRelaunchData: () => (data: { [command: string]: string }) => {
      if (!manifest.hasId) throw new Error('in setRelaunchData: The manifest needs an id');
      recordChange(id, 'relaunchData');
      get(id).relaunchData = { ...data };
    },
  };
}

function containerMethods(id: string): Methods {
  const search = (): RawNode[] => {
    requireLoaded(get(id), 'findAll');
    return descendants(get(id)).filter((node) => !isSkipped(node));
  };
  return {
    appendChild: () => (child: Wrapped) => {
      insert(get(id), unwrap(child), get(id).childIds.length);
      settle();
    },
    insertChild: () => (index: number, child: Wrapped) => {
      insert(get(id), unwrap(child), index);
      settle();
    },
    findAll: () => (test: (node: Wrapped) => boolean) =>
      search()
        .map((node) => wrap(node.id))
        .filter(test),
    findOne: () => (test: (node: Wrapped) => boolean) =>
      search()
        .map((node) => wrap(node.id))
        .find(test) ?? null,
    findAllWithCriteria: () => (criteria: Criteria) =>
      search()
        .filter((node) => meets(node, criteria))
        .map((node) => wrap(node.id)),
  };
}

/** `FindAllCriteria`; without keys, any entry of the namespace counts. */
interface Criteria {
  types?: string[];
  sharedPluginData?: { namespace: string; keys?: string[] };
}

function meets(node: RawNode, { types, sharedPluginData: data }: Criteria): boolean {
  if (types !== undefined && !types.includes(node.type)) return false;
  if (data === undefined) return true;
  const names = Object.keys(node.sharedPluginData);
  if (data.keys === undefined) return names.some((name) => name.startsWith(`${data.namespace}/`));
  return data.keys.some((key) => names.includes(`${data.namespace}/${key}`));
}

function sceneMethods(id: string): Methods {
  return {
    remove: () => () => {
      if (find(id) === null) throw new Error(`in remove: The node with id "${id}" does not exist`);
      remove(get(id));
      settle();
    },
    clone: () => () => adopt(copySubtree(get(id))),
    resize: () => (width: number, height: number) => resize(get(id), width, height),
    resizeWithoutConstraints: () => (width: number, height: number) => resize(get(id), width, height, false),
    exportAsync: () => (settings: { [name: string]: Json }) => exportNode(id, settings),
  };
}

/** A section has none (`SectionNode` of the typings). */
function rescaleMethod(id: string): Methods[string] {
  return () => (scale: number) => {
    for (const text of [get(id), ...descendants(get(id))]) {
      if (text.type === 'TEXT') requireFonts(text);
    }
    rescale(get(id), scale);
    settle();
  };
}

/** Adds a new node to the current page. */
export function adopt(node: RawNode): Wrapped {
  const page = currentPage();
  node.parentId = page.id;
  page.childIds.push(node.id);
  settle();
  return wrap(node.id);
}

/** Resizes a node, and fits a text to its width. */
export function resize(node: RawNode, width: number, height: number, hasConstraints = true): void {
  if (width < 0.01 || (height < 0.01 && node.type !== 'LINE')) throw new Error('in resize: too small');
  checkWritable(node, 'resize');
  // Figma leaves the size of a layer in an instance as it is, without an error
  if (isInstanceLayer(node)) return;
  recordChange(node.id, 'size');
  fixResizedAxes(node, width, height);
  if (hasConstraints) resizeTo(node, width, height);
  else [node.width, node.height] = [width, height];
  if (outermostInstance(node) === node) for (const name of ['width', 'height']) addOverride(node, name);
  if (node.type === 'TEXT') fitText(node);
  settle();
}
