import type { Assets, DocumentState, Json, NodeType, RawNode } from '../spec.js';

const nodes = new Map<string, RawNode>();
export const NO_ASSETS: Assets = { styles: [], collections: [], variables: [] };
let state: Omit<DocumentState, 'nodes'> = {
  ...{ name: '', nextId: 1, history: [], currentPageId: '0:1', selections: {}, measurements: [] },
  assets: NO_ASSETS,
};

/** A change of a node: CREATE, DELETE or the name of a property. */
export interface Change {
  id: string;
  type: NodeType;
  pageId: string | null;
  parentId: string | null;
  property: string;
  origin: 'LOCAL' | 'REMOTE';
}
let changes: Change[] = [];
let origin: Change['origin'] = 'LOCAL';
let touched = new Set<string>();
let unlaid = new Set<string>();
const faults = new Set<string>();

/** Replaces the document. */
export function load({ nodes: list, ...rest }: DocumentState): void {
  setNodes(list);
  state = rest;
  if (state.history.length === 0) state.history.push(serialize());
}

export function dump(): DocumentState {
  return { ...state, nodes: [...nodes.values()] };
}

function setNodes(list: RawNode[]): void {
  nodes.clear();
  for (const node of list) nodes.set(node.id, node);
}

export function documentState(): Omit<DocumentState, 'nodes'> {
  return state;
}

export function find(id: string): RawNode | null {
  return nodes.get(id) ?? null;
}

export function get(id: string): RawNode {
  const node = nodes.get(id);
  if (node === undefined) throw new Error(`The node with id "${id}" does not exist`);
  return node;
}

export function allNodes(): RawNode[] {
  return [...nodes.values()];
}

export function add(node: RawNode): RawNode {
  nodes.set(node.id, node);
  recordChange(node.id, 'CREATE');
  return node;
}

/** Adds a node that follows from others, such as a layer of an instance. */
export function put(node: RawNode): RawNode {
  nodes.set(node.id, node);
  return node;
}

/** Removes a subtree that followed from others. */
export function removeSilently(id: string): void {
  for (const childId of find(id)?.childIds ?? []) removeSilently(childId);
  nodes.delete(id);
}

export function removeSubtree(id: string): void {
  const node = get(id);
  if (node.parentId !== null) {
    touched.add(node.parentId);
    unlaid.add(node.parentId);
  }
  recordChange(id, 'DELETE');
  for (const childId of node.childIds) removeSubtree(childId);
  nodes.delete(id);
}

export function newId(): string {
  state.nextId += 1;
  return `1:${state.nextId}`;
}

export function children(node: RawNode): RawNode[] {
  return node.childIds.map(get);
}

export function prop(node: RawNode, property: string, fallback: Json): Json {
  return node.props[property] ?? fallback;
}

export function num(node: RawNode, property: string, fallback: number): number {
  const value = node.props[property];
  return typeof value === 'number' ? value : fallback;
}

/** Makes the next write of this property throw, like a node that Figma cannot change. */
export function breakWrite(id: string, property: string): void {
  faults.add(`${id} ${property}`);
}

/** Records a change before it happens. */
export function recordChange(id: string, property: string): void {
  requireDesign(property);
  if (faults.delete(`${id} ${property}`)) throw new Error(`in set_${property}: This node cannot be changed`);
  const node = get(id);
  changes.push({ id, type: node.type, parentId: node.parentId, pageId: pageIdOf(node), property, origin });
  touched.add(id);
  if (!WITHOUT_LAYOUT.has(property)) unlaid.add(id);
}

/** The page of a node; null if it is not on one. */
export function pageIdOf(node: RawNode): string | null {
  if (node.type === 'PAGE') return node.id;
  const parent = node.parentId === null ? null : find(node.parentId);
  return parent === null ? null : pageIdOf(parent);
}

/** Marks a node as changed, so that what depends on it is updated. */
export function touch(id: string): void {
  touched.add(id);
  unlaid.add(id);
}

/** Changes that cannot move or resize a layer. */
const WITHOUT_LAYOUT: ReadonlySet<string> = new Set([
  ...['name', 'locked', 'fills', 'effects', 'opacity', 'blendMode', 'annotations', 'exportSettings'],
  ...['sharedPluginData', 'pluginData', 'relaunchData', 'constraints', 'reactions', 'DELETE'],
]);

/** Marks a node whose layers have to be laid out again. */
export function needsLayout(id: string): void {
  unlaid.add(id);
}

/** The nodes that have to be laid out since the last call. */
export function takeUnlaid(): ReadonlySet<string> {
  const taken = unlaid;
  unlaid = new Set();
  return taken;
}

/** The nodes that have changed since the last call. */
export function takeTouched(): ReadonlySet<string> {
  const taken = touched;
  touched = new Set();
  return taken;
}

export function takeChanges(): Change[] {
  const taken = changes;
  changes = [];
  return taken;
}

function serialize(): string {
  return JSON.stringify({
    assets: state.assets,
    measurements: state.measurements,
    nodes: [...nodes.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
  });
}

function restore(serialized: string): void {
  const content: Pick<DocumentState, 'nodes' | 'assets' | 'measurements'> = JSON.parse(serialized);
  setNodes(content.nodes);
  state.assets = content.assets;
  state.measurements = content.measurements;
}

/** Ends an undo step if something changed. */
export function commitUndo(): void {
  const present = serialize();
  if (present !== state.history[state.history.length - 1]) state.history.push(present);
}

/** Adds a step that changes nothing in the document, such as another selection. */
export function addEmptyUndoStep(): void {
  commitUndo();
  state.history.push(serialize());
}

/** How many undo steps changed the document, with the one that is not committed yet. */
export function undoSteps(): number {
  const present = serialize();
  return [...state.history, present].filter((step, index, steps) => index > 0 && step !== steps[index - 1]).length;
}

/** Restores the last committed state, or the one before if nothing changed since. */
export function triggerUndo(): void {
  const present = serialize();
  if (present === state.history[state.history.length - 1] && state.history.length > 1) state.history.pop();
  const last = state.history[state.history.length - 1];
  if (last === undefined) return;
  const now = new Map(nodes);
  restore(last);
  byHand(() => recordDifferences(now));
}

/** Records how the document differs from earlier nodes, as Figma does after an undo. */
function recordDifferences(before: ReadonlyMap<string, RawNode>): void {
  for (const node of before.values()) {
    if (nodes.has(node.id)) continue;
    changes.push({
      ...{ id: node.id, type: node.type, parentId: node.parentId, pageId: null },
      property: 'DELETE',
      origin,
    });
  }
  for (const node of nodes.values()) {
    const old = before.get(node.id);
    if (old === undefined) recordChange(node.id, 'CREATE');
    else for (const name of differences(old, node)) recordChange(node.id, name);
  }
  touched = new Set();
}

function differences(a: RawNode, b: RawNode): string[] {
  const names = new Set([...Object.keys(a.props), ...Object.keys(b.props)]);
  const changed = (one: unknown, other: unknown) => JSON.stringify(one) !== JSON.stringify(other);
  return [
    ...[...names].filter((name) => changed(a.props[name], b.props[name])),
    ...(changed(a.matrix, b.matrix) ? ['relativeTransform'] : []),
    ...(a.width !== b.width || a.height !== b.height ? ['size'] : []),
    ...(a.parentId !== b.parentId ? ['parent'] : []),
    ...(changed(a.sharedPluginData, b.sharedPluginData) ? ['sharedPluginData'] : []),
  ];
}

/**
 * Does what a collaborator does: in the document as it is and in all states that undo returns to, since undo leaves the
 * changes of others.
 */
export function asCollaborator(act: () => void): void {
  const { history, nextId } = state;
  const committed = history.length;
  commitUndo();
  origin = 'REMOTE';
  try {
    history.forEach((serialized, index) => {
      restore(serialized);
      state.nextId = nextId;
      changes = changes.filter((change) => change.origin === 'LOCAL');
      try {
        act();
      } catch (error) {
        // the state of before has no such node
        if (index === history.length - 1) throw error;
      }
      history[index] = serialize();
    });
  } finally {
    origin = 'LOCAL';
    // what was not committed stays so
    history.length = committed;
  }
}

/** What exports of rotated nodes show. */
export const exporting: { rotated: 'own' | 'canvas' } = { rotated: 'own' };

export function exportsOnCanvas(): boolean {
  return exporting.rotated === 'canvas';
}

/** What the API depends on: the editor, and the part of the manifest. */
export const manifest: { hasId: boolean; editor: 'figma' | 'dev' } = { hasId: true, editor: 'figma' };

/** Runs what is done by hand: Dev Mode is read-only for plugins, not for designers. */
export function byHand(act: () => void): void {
  const { editor } = manifest;
  manifest.editor = 'figma';
  try {
    act();
  } finally {
    manifest.editor = editor;
  }
}

/**
 * Figma's guide “Working in Dev Mode” calls it a read-only surface. That plugin data can be written there is not documented
 * for shared data, so that it cannot be here.
 */
function requireDesign(property: string): void {
  if (manifest.editor === 'figma' || property === 'annotations') return;
  throw new Error(`in set_${property}: Cannot write to the document in Dev Mode`);
}
