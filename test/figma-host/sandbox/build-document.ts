import type { DocumentSpec, DocumentState, Matrix, NodeSpec, RawNode } from '../spec.js';
import { setRange } from '../text-runs.js';
import { validateAnnotations } from './annotations.js';
import { applyAssets, buildAssets } from './build-assets.js';
import { hexOf } from './component-methods.js';
import { plannedWrites, setValue } from './component-properties.js';
import { instanceOf } from './copying.js';
import { addOverride, syncInstance } from './instances.js';
import { buildMeasurements } from './measurements.js';
import { CATEGORIES, settle } from './node-proxy.js';
import { changeMainComponent, layersOf, recordOverride } from './overrides.js';
import { assignedNames, assignProps } from './property-access.js';
import { children, dump, find, get, load, removeSilently } from './store.js';
import { fitText, withAllFonts } from './text.js';
import { blank, findByKey } from './tree.js';

/** Builds the document of a spec: one page with its nodes. */
export function buildDocument(spec: DocumentSpec): DocumentState {
  load({
    name: spec.name,
    nodes: roots(spec),
    assets: { styles: [], collections: [], variables: [] },
    nextId: 1,
    history: [],
    currentPageId: '0:1',
    selections: {},
    measurements: [],
  });
  const page = find('0:1');
  if (page === null) throw new Error('no page');
  buildAssets(spec);
  withAllFonts(() => {
    for (const component of spec.library ?? []) attachToLibrary(component);
    for (const child of spec.children) attachOrWait(child, page);
    for (const more of spec.pages ?? []) {
      const other = attach({ ...more, type: 'PAGE', children: [] }, get('0:0'));
      for (const child of more.children) attachOrWait(child, other);
    }
    attachWaiting();
  });
  settle();
  const measurements = buildMeasurements(spec.measurements ?? []);
  return { ...dump(), measurements, history: [] };
}

function attachToLibrary(spec: NodeSpec): void {
  const shelf = blank('FRAME', 'Library');
  const node = attach(spec, shelf);
  node.parentId = null;
  shelf.childIds = [];
  removeSilently(shelf.id);
  for (const component of [node, ...children(node)]) {
    component.props.__publishKey = hexOf(`component ${component.key}`);
    component.props.__remote = true;
  }
}

function roots({ name, firstPageName = 'Page 1' }: DocumentSpec): RawNode[] {
  const bare = {
    matrix: [1, 0, 0, 1, 0, 0] satisfies Matrix,
    width: 0,
    height: 0,
    sharedPluginData: {},
    relaunchData: {},
    key: null,
  };
  return [
    { ...bare, id: '0:0', type: 'DOCUMENT', parentId: null, childIds: ['0:1'], props: { name } },
    { ...bare, id: '0:1', type: 'PAGE', parentId: '0:0', childIds: [], props: { name: firstPageName } },
  ];
}

/** Instances whose component is not complete yet, each with a placeholder in its parent. */
let waiting: { spec: NodeSpec; parent: RawNode; placeholder: string }[] = [];

function attachOrWait(spec: NodeSpec, parent: RawNode): void {
  if (spec.type !== 'INSTANCE' || isComplete(spec.component)) {
    attach(spec, parent);
    return;
  }
  const placeholder = `waiting ${waiting.length}`;
  waiting.push({ spec, parent, placeholder });
  parent.childIds.push(placeholder);
}

/** Whether a component has all its layers. */
function isComplete(componentKey: string | undefined): boolean {
  const component = componentKey === undefined ? null : findByKey(componentKey);
  const isWhole = (node: RawNode): boolean =>
    node.childIds.every((id) => {
      const child = find(id);
      return child !== null && isWhole(child);
    });
  return component !== null && isWhole(component);
}

/** Adds the instances that waited, in an order in which their components are complete. */
function attachWaiting(): void {
  while (waiting.length > 0) {
    const ready = waiting.find(({ spec }) => isComplete(spec.component)) ?? waiting[0];
    if (ready === undefined) return;
    waiting = waiting.filter((one) => one !== ready);
    const { spec, parent, placeholder } = ready;
    const node = attach(spec, parent);
    parent.childIds.pop();
    parent.childIds = parent.childIds.map((id) => (id === placeholder ? node.id : id));
  }
}

/** Adds the nodes of a spec to a parent. */
export function attach(spec: NodeSpec, parent: RawNode): RawNode {
  const node = spec.type === 'INSTANCE' ? instantiate(spec) : blank(spec.type, spec.name);
  if (node.type === 'INSTANCE' && node.props.name !== spec.name) addOverride(node, 'name');
  node.parentId = parent.id;
  parent.childIds.push(node.id);
  node.key = spec.key ?? null;
  const { annotations, ...props } = spec.props ?? {};
  node.props.name = spec.name;
  assignProps(node, props);
  for (const { start, end, ...values } of spec.runs ?? []) setRange(node.props, start, end, values);
  const turn = (-(spec.rotation ?? 0) * Math.PI) / 180;
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  const side = spec.isFlipped ? -1 : 1;
  node.matrix = [side * cos, side * sin, -sin, cos, spec.x ?? 0, spec.y ?? 0];
  if (spec.width !== undefined) node.width = spec.width;
  if (spec.height !== undefined) node.height = spec.height;
  if (node.type === 'TEXT' && spec.width === undefined) fitText(node);
  applyAssets(node, spec);
  if (node.type === 'INSTANCE') customize(node, spec);
  else for (const child of spec.children ?? []) attachOrWait(child, node);
  if (annotations !== undefined) node.props.annotations = validateAnnotations(node, annotations, CATEGORIES);
  return node;
}

/** Gives an instance its own size, values of component properties and overrides. */
function customize(node: RawNode, spec: NodeSpec): void {
  for (const name of ['width', 'height'] as const) if (spec[name] !== undefined) addOverride(node, name);
  const { annotations: _, ...props } = spec.props ?? {};
  for (const name of assignedNames(node, props)) recordOverride(node, name);
  const { values, variant } = plannedWrites(node, spec.componentProperties ?? {});
  if (variant !== null) changeMainComponent(node, variant, true);
  for (const [name, value] of Object.entries(values)) setValue(node, name, value);
  syncInstance(node);
  for (const [key, props] of Object.entries(spec.overrides ?? {})) {
    const layer = layersOf(node).find((one) => one.key === key || one.key?.endsWith(`/${key}`));
    if (layer === undefined) throw new Error(`${spec.name} has no layer with the key ${key}`);
    assignProps(layer, props);
    for (const name of assignedNames(layer, props)) recordOverride(layer, name);
  }
  syncInstance(node);
}

function instantiate(spec: NodeSpec): RawNode {
  const component = spec.component === undefined ? null : findByKey(spec.component);
  if (component === null) throw new Error(`${spec.name} has no component ${spec.component}`);
  return instanceOf(component);
}
