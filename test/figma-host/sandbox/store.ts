import type { DocumentState, Json, RawNode } from '../spec.js';

const nodes = new Map<string, RawNode>();
let state: Omit<DocumentState, 'nodes'> = { name: '', nextId: 1, history: [], selection: [], measurements: [] };
let changes: { id: string; property: string }[] = [];
let touched = new Set<string>();
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
  if (node.parentId !== null) touched.add(node.parentId);
  for (const childId of node.childIds) removeSubtree(childId);
  nodes.delete(id);
  recordChange(id, 'DELETE');
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
  if (faults.delete(`${id} ${property}`)) throw new Error(`in set_${property}: This node cannot be changed`);
  changes.push({ id, property });
  touched.add(id);
}

/** The nodes that have changed since the last call. */
export function takeTouched(): ReadonlySet<string> {
  const taken = touched;
  touched = new Set();
  return taken;
}

export function takeChanges(): { id: string; property: string }[] {
  const taken = changes;
  changes = [];
  return taken;
}

function serialize(): string {
  return JSON.stringify([...nodes.values()].sort((a, b) => (a.id < b.id ? -1 : 1)));
}

/** Ends an undo step if something changed. */
export function commitUndo(): void {
  const present = serialize();
  if (present !== state.history[state.history.length - 1]) state.history.push(present);
}

/** Restores the last committed state, or the one before if nothing changed since. */
export function triggerUndo(): void {
  const present = serialize();
  if (present === state.history[state.history.length - 1] && state.history.length > 1) state.history.pop();
  const last = state.history[state.history.length - 1];
  if (last === undefined) return;
  const before: RawNode[] = JSON.parse(last);
  setNodes(before);
  changes.push({ id: before[0]?.id ?? '', property: 'UNDO' });
}

/** The part of the manifest that the API depends on. */
export const manifest = { hasId: true };
