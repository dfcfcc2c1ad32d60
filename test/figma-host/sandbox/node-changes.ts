import { emit, hasListeners, later } from './event-loop.js';
import { wrap } from './node-proxy.js';
import { type Change, find, takeChanges } from './store.js';

interface NodeChange {
  type: 'CREATE' | 'DELETE' | 'PROPERTY_CHANGE';
  id: string;
  origin: Change['origin'];
  properties?: string[];
}

/** Changes that Figma reports under other names. `children` is reported as `parent` of the child. */
const REPORTED: { readonly [property: string]: readonly string[] } = {
  size: ['width', 'height'],
  rescale: ['width', 'height'],
  sharedPluginData: ['pluginData'],
  relaunchData: ['pluginData'],
  children: [],
};

/** Emits the changes of this turn in a later one, for each page that the plugin listens to. */
export function announceChanges(): void {
  const changes = takeChanges();
  announceToDocument(changes);
  for (const pageId of new Set(changes.map(pageOf))) {
    const type = `nodechange ${pageId}`;
    if (pageId === null || !hasListeners(type)) continue;
    const reported = reportedChanges(changes.filter((change) => pageOf(change) === pageId));
    if (reported.length === 0) continue;
    later(() =>
      emit(type, {
        nodeChanges: reported.map((change) => ({ ...change, node: nodeOf(change, changes) })),
      }),
    );
  }
}

/** The event of a plugin that has loaded all pages. */
function announceToDocument(changes: readonly Change[]): void {
  if (!hasListeners('documentchange') || changes.length === 0) return;
  const documentChanges = reportedChanges(changes).map((change) => ({ ...change, node: nodeOf(change, changes) }));
  later(() => emit('documentchange', { documentChanges }));
}

function pageOf(change: Change): string | null {
  const node = find(change.id);
  let top = node;
  while (top !== null && top.type !== 'PAGE') top = top.parentId === null ? null : find(top.parentId);
  return top?.id ?? change.pageId;
}

function nodeOf({ id }: NodeChange, changes: readonly Change[]): object {
  const type = changes.find((change) => change.id === id)?.type;
  return find(id) === null ? Object.freeze({ removed: true, type, id }) : wrap(id);
}

/** One change for each node: creations and deletions of the topmost nodes only. */
function reportedChanges(changes: readonly Change[]): NodeChange[] {
  const of = (property: string) => new Set(changes.filter((one) => one.property === property).map(({ id }) => id));
  const [created, deleted] = [of('CREATE'), of('DELETE')];
  const reported = new Map<string, NodeChange>();
  for (const { id, parentId, origin, property } of changes) {
    const parent = find(id)?.parentId ?? parentId;
    const isIn = (ids: ReadonlySet<string>) => parent !== null && ids.has(parent);
    if (created.has(id) && deleted.has(id)) continue;
    if (created.has(id)) {
      if (!isIn(created)) reported.set(id, { type: 'CREATE', id, origin });
    } else if (deleted.has(id)) {
      if (!isIn(deleted)) reported.set(id, { type: 'DELETE', id, origin });
    } else addProperties(reported, id, origin, REPORTED[property] ?? [property]);
  }
  return [...reported.values()];
}

function addProperties(
  reported: Map<string, NodeChange>,
  id: string,
  origin: Change['origin'],
  names: readonly string[],
): void {
  const known = reported.get(id);
  const properties = [...new Set([...(known?.properties ?? []), ...names.filter((name) => !name.startsWith('__'))])];
  if (properties.length > 0) reported.set(id, { type: 'PROPERTY_CHANGE', id, origin, properties });
}
