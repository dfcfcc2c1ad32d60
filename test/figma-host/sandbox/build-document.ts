import type { DocumentSpec, DocumentState, Matrix, NodeSpec, RawNode } from '../spec.js';
import { validateAnnotations } from './annotations.js';
import { instanceOf } from './node-methods.js';
import { CATEGORIES, settle } from './node-proxy.js';
import { dump, find, load } from './store.js';
import { fitText } from './text.js';
import { blank, findByKey } from './tree.js';

/** Builds the document of a spec: one page with its nodes. */
export function buildDocument(spec: DocumentSpec): DocumentState {
  load({
    name: spec.name,
    nodes: roots(spec.name),
    nextId: 1,
    history: [],
    selection: [],
    measurements: spec.measurements ?? [],
  });
  const page = find('0:1');
  if (page === null) throw new Error('no page');
  for (const child of spec.children) attach(child, page);
  settle();
  return { ...dump(), history: [] };
}

function roots(name: string): RawNode[] {
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
    { ...bare, id: '0:1', type: 'PAGE', parentId: '0:0', childIds: [], props: { name: 'Page 1' } },
  ];
}

function attach(spec: NodeSpec, parent: RawNode): void {
  const node = spec.type === 'INSTANCE' ? instantiate(spec) : blank(spec.type, spec.name);
  node.parentId = parent.id;
  parent.childIds.push(node.id);
  node.key = spec.key ?? null;
  const { annotations, ...props } = spec.props ?? {};
  Object.assign(node.props, props, { name: spec.name });
  const turn = (-(spec.rotation ?? 0) * Math.PI) / 180;
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  const side = spec.isFlipped ? -1 : 1;
  node.matrix = [side * cos, side * sin, -sin, cos, spec.x ?? 0, spec.y ?? 0];
  if (spec.width !== undefined) node.width = spec.width;
  if (spec.height !== undefined) node.height = spec.height;
  if (node.type === 'TEXT' && spec.width === undefined) fitText(node);
  for (const child of spec.children ?? []) attach(child, node);
  if (annotations !== undefined) node.props.annotations = validateAnnotations(node, annotations, CATEGORIES);
}

function instantiate(spec: NodeSpec): RawNode {
  const component = spec.component === undefined ? null : findByKey(spec.component);
  if (component === null) throw new Error(`${spec.name} has no component ${spec.component}`);
  return instanceOf(component);
}
